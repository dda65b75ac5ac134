// A scrolling list of messages with day dividers and grouping; used by channels, direct messages and threads.
import { arrange, h, replace } from './dom.js';
import { messageNode } from './message.js';
import { dateOfTs, dayKey, dayLabel } from './time.js';

const GROUP_SECONDS = 300;
const NEAR_BOTTOM_PX = 80;
/** As many as the server is asked for; when fewer come, the beginning is among them. */
const ASKED_FOR = 200;

/** A message that has not changed keeps its nodes: fields in it keep their text, and the scroll stays. */
export class MessageList {
  /** `intro()` makes the head of the conversation; `onThread(ts)` and `onDismiss(ts)` are what messages ask for. */
  constructor(app, { label, inThread = false, intro = null, onThread, onDismiss }) {
    Object.assign(this, { app, inThread, intro, onThread, onDismiss });
    this.drawn = new Map();
    this.dividers = new Map();
    this.surfaces = new Map();
    this.isNew = true;
    this.log = h('div', {
      class: 'log',
      role: 'log',
      'aria-label': label,
      'aria-live': 'polite',
      tabindex: '0',
      onkeydown: (event) => this.onKey(event),
    });
    this.node = h('div', { class: 'scroller', onscroll: () => this.noteScroll() }, this.log);
    this.atBottom = true;
    // A banner, the keyboard of a phone or a growing composer makes the list shorter: its end stays in sight.
    new ResizeObserver(() => this.atBottom && this.toBottom()).observe(this.node);
  }

  show(messages) {
    const { node } = this;
    const stick = this.isNew || node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_BOTTOM_PX;
    const focused = this.log.contains(document.activeElement) ? document.activeElement : null;
    const rows = messages.flatMap((message, index) => this.rowsOf(message, messages[index - 1]));
    const whole = this.intro && messages.length < ASKED_FOR;
    arrange(this.log, [...(whole ? [this.intro()] : []), ...rows]);
    this.forget(messages);
    if (focused && !focused.isConnected) this.refocus(focused);
    if (stick && messages.length) this.toBottom();
    this.isNew = false;
  }

  noteScroll() {
    const { node } = this;
    this.atBottom = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_BOTTOM_PX;
  }

  /** A message was drawn anew under the focus, e.g. because its own button changed it: stay with it. */
  refocus(lost) {
    const again = this.drawn.get(lost.closest('.message')?.dataset.ts)?.node;
    if (again) again.focus({ preventScroll: true });
    else this.app.focusComposer();
  }

  /** Words in place of messages. */
  note(...words) {
    replace(this.log, h('div', { class: 'empty' }, words));
  }

  /** The message, and before the first of a day its divider. */
  rowsOf(message, before) {
    const { tz } = this.app.state.viewer;
    const day = dayKey(dateOfTs(message.ts), tz);
    const newDay = !before || dayKey(dateOfTs(before.ts), tz) !== day;
    const divider = newDay && !this.inThread ? [this.divider(day, dayLabel(dateOfTs(message.ts), tz))] : [];
    return [...divider, this.nodeOf(message, !newDay && belongs(before, message))];
  }

  nodeOf(message, grouped) {
    const print = JSON.stringify([message, grouped]);
    const kept = this.drawn.get(message.ts);
    if (kept?.print === print) return kept.node;
    const { inThread, surfaces, onThread, onDismiss } = this;
    const node = messageNode(message, this.app, { grouped, inThread, surfaces, onThread, onDismiss });
    this.drawn.set(message.ts, { print, node });
    return node;
  }

  divider(day, text) {
    if (this.dividers.get(day)?.textContent !== text) {
      const node = h('div', { class: 'day', role: 'separator', 'aria-label': text }, h('span', null, text));
      this.dividers.set(day, node);
    }
    return this.dividers.get(day);
  }

  forget(messages) {
    const present = new Set(messages.map((message) => message.ts));
    for (const ts of this.drawn.keys()) if (!present.has(ts)) this.drawn.delete(ts);
  }

  toBottom() {
    const down = () => {
      this.node.scrollTop = this.node.scrollHeight;
    };
    down();
    // Images and charts grow after they are drawn.
    requestAnimationFrame(down);
  }

  /** Arrows, Home and End go from message to message. */
  onKey(event) {
    if (event.target !== this.log && !event.target.matches('.message')) return;
    const all = [...this.log.querySelectorAll('.message')];
    const at = all.indexOf(event.target);
    const above = at < 0 ? all.at(-1) : all[at - 1];
    const next = { ArrowUp: above, ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

/** Said by the same one, in the same way, soon after: shown under one name. */
function belongs(before, message) {
  const sameWay =
    ['user', 'bot_id'].every((name) => before[name] === message[name]) &&
    ['ephemeral', 'notice'].every((name) => Boolean(before[name]) === Boolean(message[name]));
  const plain = !before.deleted && !message.reply_count && !before.reply_count;
  return sameWay && plain && Number.parseFloat(message.ts) - Number.parseFloat(before.ts) < GROUP_SECONDS;
}
