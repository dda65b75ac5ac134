// rich_text blocks: text in them is literal, styles and mentions are separate elements.
import { h } from './dom.js';
import { emojiNode, emojify } from './emoji.js';
import { channelMention, dateNode, groupMention, lines, link, userMention } from './mrkdwn.js';

const STYLE_TAGS = [
  ['code', 'code'],
  ['bold', 'b'],
  ['italic', 'i'],
  ['strike', 's'],
  ['underline', 'u'],
];

/** Nodes for the `elements` of a rich_text block. */
export function richText(elements, names) {
  return (elements ?? []).map((element) => container(element, names));
}

function container(element, names) {
  switch (element.type) {
    case 'rich_text_list':
      return list(element, names);
    case 'rich_text_quote':
      return h('blockquote', { class: 'rt-quote' }, inlines(element, names));
    case 'rich_text_preformatted':
      return h('pre', { class: 'code-block' }, h('code', null, plain(element)));
    default:
      return h('div', { class: 'rt-section' }, inlines(element, names));
  }
}

function plain(element) {
  return (element.elements ?? []).map((item) => item.text ?? item.url ?? '').join('');
}

function list(element, names) {
  const ordered = element.style === 'ordered';
  const items = (element.elements ?? []).map((item) => h('li', null, inlines(item, names)));
  return h(
    ordered ? 'ol' : 'ul',
    {
      class: `rt-list rt-indent-${Math.min(element.indent ?? 0, 8) % 3}`,
      start: ordered && element.offset ? element.offset + 1 : null,
      style: { '--indent': element.indent ?? 0 },
    },
    items,
  );
}

function inlines(element, names) {
  return (element.elements ?? []).map((item) => styled(item, inline(item, names)));
}

function inline(item, names) {
  switch (item.type) {
    case 'text':
      return lines(item.text ?? '', false);
    case 'link':
      return item.style?.unlink ? (item.text || item.url) : link(item.url, emojify(item.text || item.url, false));
    case 'user':
      return userMention(item.user_id, names);
    case 'usergroup':
      return groupMention(item.usergroup_id, names);
    case 'channel':
      return channelMention(item.channel_id, names);
    case 'broadcast':
      return h('span', { class: 'mention mention-me' }, `@${item.range}`);
    case 'emoji':
      return emojiNode(item.name);
    case 'date':
      return dateNode([item.timestamp, item.format, item.url], names.tz, item.fallback ?? '');
    case 'color':
      return h('span', { class: 'color-chip', style: { '--chip': item.value } }, item.value);
    default:
      return item.text ?? '';
  }
}

function styled(item, content) {
  return STYLE_TAGS.filter(([name]) => item.style?.[name]).reduce(
    (inner, [name, tag]) => h(tag, { class: name === 'code' ? 'code' : null }, inner),
    content,
  );
}
