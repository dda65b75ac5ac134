// A scrolling list of messages with day dividers and grouping; used by channels, direct messages and threads.
import { arrange, h, replace } from './dom.js';
import { messageNode } from './message.js';
import { dateOfTs, dayKey, dayLabel } from './time.js';

const GROUP_SECONDS = 300;
const NEAR_BOTTOM_PX = 80;

/**
 * Returns {node, show(messages), reset()}.
 * A message that has not changed keeps its nodes: fields in it keep their text, and the scroll position stays.
 */
export function messageList(app, { label, inThread = false, onThread, onDismiss, intro, empty }) {
  const drawn = new Map();
  const surfaces = new Map();
  const dividers = new Map();
  const log = h('div', {
    class: 'log',
    role: 'log',
    'aria-label': label,
    'aria-live': 'polite',
    tabindex: '0',
    onkeydown: move,
  });
  const scroller = h('div', { class: 'scroller' }, log);
  let first = true;

  function show(messages) {
    const stick = first || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM_PX;
    const nodes = intro ? [intro()] : [];
    let before = null;
    for (const message of messages) {
      const { tz } = app.state.viewer;
      const key = dayKey(dateOfTs(message.ts), tz);
      const newDay = !before || dayKey(dateOfTs(before.ts), tz) !== key;
      if (newDay && !inThread) nodes.push(dividerOf(key, message.ts, tz));
      nodes.push(nodeOf(message, !newDay && belongs(before, message)));
      before = message;
    }
    if (!messages.length && empty) nodes.push(empty());
    arrange(log, nodes);
    forget(messages);
    if (stick && messages.length) toBottom();
    first = false;
  }

  function nodeOf(message, grouped) {
    const print = JSON.stringify([message, grouped, app.state.viewer.id]);
    const kept = drawn.get(message.ts);
    if (kept?.print === print) return kept.node;
    const node = messageNode(message, app, { grouped, inThread, surfaces, onThread, onDismiss });
    drawn.set(message.ts, { print, node });
    return node;
  }

  function forget(messages) {
    const present = new Set(messages.map((message) => message.ts));
    for (const ts of drawn.keys()) if (!present.has(ts)) drawn.delete(ts);
  }

  function dividerOf(key, ts, tz) {
    const text = dayLabel(dateOfTs(ts), tz);
    if (dividers.get(key)?.textContent !== text) {
      dividers.set(key, h('div', { class: 'day', role: 'separator', 'aria-label': text }, h('span', null, text)));
    }
    return dividers.get(key);
  }

  function toBottom() {
    scroller.scrollTop = scroller.scrollHeight;
    // Images and charts grow after they are drawn.
    requestAnimationFrame(() => {
      scroller.scrollTop = scroller.scrollHeight;
    });
  }

  function move(event) {
    if (
      !['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key) ||
      (event.target !== log && !event.target.matches('.message'))
    )
      return;
    const all = [...log.querySelectorAll('.message')];
    const at = all.indexOf(event.target);
    const next = { ArrowUp: at < 0 ? all.at(-1) : all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[
      event.key
    ];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  return {
    node: scroller,
    show,
    note: (...words) => replace(log, h('div', { class: 'empty' }, words)),
    toBottom,
  };
}

function belongs(before, message) {
  return (
    before.user === message.user &&
    before.bot_id === message.bot_id &&
    !before.deleted &&
    !before.notice === !message.notice &&
    Boolean(before.ephemeral) === Boolean(message.ephemeral) &&
    !message.reply_count &&
    !before.reply_count &&
    Number.parseFloat(message.ts) - Number.parseFloat(before.ts) < GROUP_SECONDS
  );
}
