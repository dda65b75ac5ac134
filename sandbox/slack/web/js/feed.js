// The messages of one conversation or thread, kept in step with the live stream.
import { debounce } from './dom.js';

const REFETCH_WAIT_MS = 120;

function order(one, other) {
  return Number.parseFloat(one.ts) - Number.parseFloat(other.ts) || one.ts.localeCompare(other.ts);
}

export class Feed {
  /** `onChange(messages, problem)` is called after every change; `problem` when the server refused. */
  constructor(app, { channel, thread = null, onChange }) {
    Object.assign(this, { app, channel, thread, onChange });
    this.byTs = new Map();
    this.notices = new Map();
    this.closed = false;
    this.loads = 0;
    this.loading = false;
    this.meanwhile = [];
    this.refetch = debounce(() => this.load(), REFETCH_WAIT_MS);
  }

  /** Ask for everything. What the stream tells while the answer is under way is newer than the answer. */
  async load() {
    this.loads += 1;
    this.loading = true;
    const mine = this.loads;
    const { api, state } = this.app;
    const answer = await api.messages(state.viewer.id, this.channel, this.thread ?? undefined);
    if (this.closed || mine !== this.loads) return;
    if (answer.ok) {
      this.byTs = new Map(answer.messages.map((message) => [message.ts, message]));
      for (const event of this.meanwhile) this.take(event);
    }
    this.loading = false;
    this.meanwhile = [];
    this.changed(answer.ok ? null : answer);
  }

  /** Take a live event; true when it was about this conversation. */
  apply(event) {
    if ((event.channel ?? event.message?.channel) !== this.channel) return false;
    if (this.loading) this.meanwhile.push(event);
    if (!this.take(event)) return false;
    // A reply, or a parent's deletion, changes counts that only the server knows.
    if (this.countsChange(event)) this.refetch();
    this.changed();
    return true;
  }

  countsChange({ type, message }) {
    const isReply = message?.thread_ts && message.thread_ts !== message.ts;
    return type === 'message_deleted' || (type === 'message' && isReply && !this.thread);
  }

  take({ type, ts, message }) {
    const key = ts ?? message?.ts;
    const stub = type === 'message_deleted' && message?.deleted && message.reply_count;
    if (type === 'ephemeral_deleted' || (type === 'message_deleted' && !stub)) this.byTs.delete(key);
    else if (['message', 'message_changed', 'message_deleted'].includes(type)) this.byTs.set(key, message);
    else if (['ephemeral', 'ephemeral_changed'].includes(type))
      this.byTs.set(key, { ...message, ts: key, ephemeral: true });
    else return false;
    return true;
  }

  belongs(message) {
    if (this.thread) return message.ts === this.thread || message.thread_ts === this.thread;
    return !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast';
  }

  all() {
    return [...this.byTs.values(), ...this.notices.values()].sort(order);
  }

  changed(problem = null) {
    if (this.closed) return;
    this.onChange(
      this.all().filter((message) => this.belongs(message)),
      problem,
    );
  }

  /** A line only this tab sees, e.g. that a command is not known. */
  notice(text) {
    const last = this.all().at(-1);
    // Below the last message, even if the workspace's clock is ahead of this one.
    const ts = Math.max(Date.now() / 1000, last ? Number.parseFloat(last.ts) + 0.000_01 : 0).toFixed(6);
    const { channel, thread } = this;
    this.notices.set(ts, { ts, channel, thread_ts: thread, text, notice: true, ephemeral: true });
    this.changed();
  }

  dismiss(ts) {
    this.notices.delete(ts);
    this.changed();
  }

  close() {
    this.closed = true;
    this.refetch.cancel();
  }
}
