// Slack's mrkdwn as DOM nodes. Entities are unescaped exactly once, at the leaves.
import { h } from './dom.js';
import { emojify } from './emoji.js';
import { dateOfTs, fillDateTokens, fullTime } from './time.js';

const ENTITIES = { amp: '&', lt: '<', gt: '>' };
const SAFE_URL = /^(https?:|mailto:|tel:)/i;
const BARE_URL = /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"\]]/g;
const MARKS = { '*': 'b', _: 'i', '~': 's' };

/** `&amp; &lt; &gt;` back to the characters they stand for, once. */
export function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ENTITIES[name]);
}

/** What a person typed, made safe to send as message text. */
export function escape(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** A link that opens outside; anything but http, mailto and tel is shown as words. */
export function link(url, ...label) {
  if (!SAFE_URL.test(url)) return h('span', null, ...label);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', class: 'link' }, ...label);
}

/**
 * Nodes for a mrkdwn string.
 * `names` resolves people and channels: {user(id), channel(id), group(id), viewer, tz}; `verbatim` leaves bare URLs alone.
 */
export function mrkdwn(text, names, { verbatim = false } = {}) {
  const nodes = [];
  text.split(/```/).forEach((piece, index, all) => {
    if (index % 2 === 1 && index < all.length - 1) nodes.push(codeBlock(piece));
    else nodes.push(...paragraphs(index % 2 === 1 ? `\`\`\`${piece}` : piece, names, verbatim));
  });
  return nodes;
}

function codeBlock(raw) {
  return h('pre', { class: 'code-block' }, h('code', null, literal(raw.replace(/^\n/, '').replace(/\n$/, ''))));
}

/** Inside code a link shows its words, and nothing else is interpreted. */
function literal(raw) {
  return unescape(
    raw.replace(/<([^<>]*)>/g, (whole, body) => (/^(https?:|mailto:)/.test(body) ? body.split('|').pop() : whole)),
  );
}

function paragraphs(text, names, verbatim) {
  const nodes = [];
  let quote = [];
  let plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...withBreaks(plain, names, verbatim));
    plain = [];
  };
  const flushQuote = () => {
    if (quote.length) nodes.push(h('blockquote', null, withBreaks(quote, names, verbatim)));
    quote = [];
  };
  for (const line of text.split('\n')) {
    const match = /^(?:&gt;|>)(?!&gt;|>)\s?(.*)$/.exec(line);
    if (match) {
      flushPlain();
      quote.push(match[1]);
    } else {
      flushQuote();
      plain.push(line);
    }
  }
  flushPlain();
  flushQuote();
  return nodes;
}

function withBreaks(lines, names, verbatim) {
  const joined = lines.join('\n');
  return inline(joined, { names, verbatim });
}

/** Inline marks: code first, then <controls>, then bold, italic and strike around whatever is left. */
function inline(text, context) {
  const nodes = [];
  let from = 0;
  let at = 0;
  const flush = (to) => {
    if (to > from) nodes.push(...leaf(text.slice(from, to), context));
  };
  while (at < text.length) {
    const found = markAt(text, at, context);
    if (found) {
      flush(at);
      nodes.push(found.node);
      at = found.end;
      from = at;
    } else at += 1;
  }
  flush(text.length);
  return nodes;
}

function markAt(text, at, context) {
  const sign = text[at];
  if (sign === '`') return codeAt(text, at);
  if (sign === '<') return controlAt(text, at, context);
  if (MARKS[sign]) return styledAt(text, at, context);
  return null;
}

function codeAt(text, at) {
  const end = text.indexOf('`', at + 1);
  if (end <= at + 1 || text.slice(at, end).includes('\n')) return null;
  return { node: h('code', { class: 'code' }, literal(text.slice(at + 1, end))), end: end + 1 };
}

function styledAt(text, at, context) {
  const sign = text[at];
  if (at > 0 && !/[\s([{"'.,;:!?>*_~\-–—/]/.test(text[at - 1])) return null;
  if (/\s/.test(text[at + 1] ?? ' ') || text[at + 1] === sign) return null;
  for (let end = text.indexOf(sign, at + 2); end > 0; end = text.indexOf(sign, end + 1)) {
    if (text.slice(at, end).includes('\n')) return null;
    const closes =
      !/\s/.test(text[end - 1]) && !/[\p{L}\p{N}]/u.test(text[end + 1] ?? ' ') && balanced(text.slice(at + 1, end));
    if (closes) return { node: h(MARKS[sign], null, inline(text.slice(at + 1, end), context)), end: end + 1 };
  }
  return null;
}

/** A closing sign inside `<…>` or inside `code` does not close anything. */
function balanced(text) {
  return text.split('<').length === text.split('>').length && text.split('`').length % 2 === 1;
}

function controlAt(text, at, { names }) {
  const end = text.indexOf('>', at);
  if (end < 0 || text.slice(at, end).includes('\n')) return null;
  const node = control(text.slice(at + 1, end), names);
  return node ? { node, end: end + 1 } : null;
}

function control(body, names) {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? '' : unescape(body.slice(bar + 1));
  if (target.startsWith('@')) return userMention(target.slice(1), names, label);
  if (target.startsWith('#')) return channelMention(target.slice(1), names, label);
  if (target.startsWith('!')) return special(target.slice(1), names, label);
  if (!SAFE_URL.test(target)) return null;
  const url = unescape(target);
  return link(url, label ? emojify(label) : url.replace(/^mailto:/, ''));
}

export function userMention(id, names, label = '') {
  const mine = id === names.viewer;
  return h('span', { class: mine ? 'mention mention-me' : 'mention' }, `@${names.user(id) ?? (label || id)}`);
}

export function channelMention(id, names, label = '') {
  const name = names.channel(id) ?? label;
  if (!name) return h('span', { class: 'mention' }, '#private-channel');
  return h('a', { class: 'mention', href: `#/${names.viewer}/${id}` }, `#${name}`);
}

export function groupMention(id, names, label = '') {
  const handle = names.group?.(id);
  return h('span', { class: 'mention' }, handle ? `@${handle}` : label || '@group');
}

function special(body, names, label) {
  const [kind, ...rest] = body.split('^');
  if (kind === 'date') return dateNode(rest, names.tz, label);
  if (kind === 'subteam') return groupMention(rest[0], names, label);
  if (['here', 'channel', 'everyone'].includes(kind)) return h('span', { class: 'mention mention-me' }, `@${kind}`);
  return label ? document.createTextNode(label) : null;
}

export function dateNode([unix, pattern = '', url = ''], tz, fallback) {
  const words = fillDateTokens(unescape(pattern), unix, tz) ?? fallback;
  const time = h('time', { title: words === fallback ? null : fullTime(dateOfTs(unix), tz) }, words);
  return url ? link(unescape(url), time) : time;
}

function leaf(raw, { verbatim }) {
  const text = raw;
  const nodes = [];
  let last = 0;
  for (const match of verbatim ? [] : text.matchAll(BARE_URL)) {
    nodes.push(...lines(unescape(text.slice(last, match.index))), link(unescape(match[0]), unescape(match[0])));
    last = match.index + match[0].length;
  }
  nodes.push(...lines(unescape(text.slice(last))));
  return nodes;
}

/** Text with its line breaks as <br>, so that copying and narrow screens behave. */
export function lines(text, expand = true) {
  return text
    .split('\n')
    .flatMap((line, index) => [index > 0 ? h('br') : null, ...emojify(line, expand)])
    .filter((node) => node !== null && node !== '');
}
