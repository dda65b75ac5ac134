// Blocks that stand for something outside the workspace: a video, a remote file, a call, a connection.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { link } from '../mrkdwn.js';
import { element } from './elements.js';
import { words } from './text.js';

function row(glyph, title, detail, ...more) {
  const text = h(
    'div',
    { class: 'card-body' },
    h('div', { class: 'card-title' }, title),
    detail ? h('div', { class: 'card-subtitle' }, detail) : null,
  );
  return h(
    'div',
    { class: 'card' },
    h(
      'div',
      { class: 'card-inside' },
      h('div', { class: 'card-head' }, h('span', { class: 'card-icon' }, icon(glyph)), text, ...more),
    ),
  );
}

export function video(block) {
  return row(
    'screen',
    link(block.video_url, words(block.title)),
    block.description ? words(block.description) : block.provider_name,
  );
}

export function fileBlock(block) {
  return row('file', block.external_id, 'Remote file');
}

export function call(block) {
  return row('call', 'Call', block.call_id);
}

export function authProvider(block, surface) {
  const state = block.is_connected
    ? `Connected${block.connected_identity ? ` as ${block.connected_identity}` : ''}`
    : block.description;
  const url = block.is_connected ? block.disconnect_url : block.auth_url;
  return row(
    'key',
    block.name,
    state,
    url ? link(url, block.is_connected ? 'Disconnect' : 'Connect') : null,
    block.accessory ? element(block.accessory, block, surface) : null,
  );
}
