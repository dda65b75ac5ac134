// Text objects.
import { mrkdwn, lines } from '../mrkdwn.js';
import { emojify } from '../emoji.js';

/** Nodes for a plain_text or mrkdwn object. */
export function textNodes(text, names) {
  if (!text) return [];
  if (typeof text === 'string') return lines(text);
  if (text.type === 'mrkdwn') return mrkdwn(text.text ?? '', names, { verbatim: text.verbatim });
  return lines(text.text ?? '', text.emoji !== false);
}

/** The words of a text object as one string, e.g. for a control's name. */
export function words(text) {
  if (!text) return '';
  const raw = typeof text === 'string' ? text : (text.text ?? '');
  if (text.type === 'mrkdwn')
    return mrkdwn(raw, PLAIN_NAMES)
      .map((node) => node.textContent ?? node)
      .join('');
  return emojify(raw, text.emoji !== false)
    .map((part) => part.textContent ?? part)
    .join('');
}

const PLAIN_NAMES = { user: () => null, channel: () => null, tz: 'UTC' };
