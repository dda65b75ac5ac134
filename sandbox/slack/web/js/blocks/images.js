// Images from this machine are shown; others are named and linked, because the page loads nothing from outside.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { words } from './text.js';

function isLocal(url) {
  if (/^(data:image\/|blob:)/.test(url)) return true;
  try {
    const { hostname, protocol } = new URL(url, window.location.href);
    return (
      /^https?:$/.test(protocol) &&
      (hostname === window.location.hostname || hostname === '127.0.0.1' || hostname === 'localhost')
    );
  } catch {
    return false;
  }
}

function addressOf(item) {
  return (
    item.image_url ??
    item.slack_file?.url ??
    (item.slack_file?.id ? `/files/${encodeURIComponent(item.slack_file.id)}/image` : '')
  );
}

/** An image with its alternative text; `small` for accessories, `tiny` for context rows. */
export function image(item, { small = false, tiny = false } = {}) {
  const url = addressOf(item);
  const kind = tiny ? 'img-tiny' : small ? 'img-small' : 'img-wide';
  if (isLocal(url)) return h('img', { class: kind, src: url, alt: item.alt_text ?? '', loading: 'lazy' });
  return h(
    'span',
    { class: `${kind} img-absent`, role: 'img', 'aria-label': item.alt_text ?? 'Image', title: item.alt_text },
    icon('image', tiny ? 14 : 24),
    small || tiny ? null : h('span', null, item.alt_text),
  );
}

export function imageBlock(block) {
  return h(
    'figure',
    { class: 'image-block' },
    block.title ? h('figcaption', null, words(block.title)) : null,
    image(block),
  );
}
