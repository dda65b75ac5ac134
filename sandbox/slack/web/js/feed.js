// The messages of one conversation or thread, kept in step with the live stream.
import { debounce } from './dom.js';

const REFETCH_WAIT_MS = 120;

function order(one, other) {
  return Number.parseFloat(one.ts) - Number.parseFloat(other.ts) || one.ts.localeCompare(other.ts);
}

/** `onChange(messages, problem)` is called after every change; `problem` when the server refused. */
export function createFeed({ state, api }, { channel, thread = null, onChange }) {
  const byTs = new Map();
  const notices = new Map();
  let closed = false;
  const refetch = debounce(load, REFETCH_WAIT_MS);

  function belongs(message) {
    if (thread) return message.ts === thread || message.thread_ts === thread;
    return !message.thread_ts || message.thread_ts === message.ts || message.subtype === 'thread_broadcast';
  }

  function changed(problem) {
    if (!closed) onChange([...byTs.values(), ...notices.values()].filter(belongs).sort(order), problem);
  }

  async function load() {
    const answer = await api.messages(state.viewer.id, channel, thread ?? undefined);
    if (closed) return;
    if (answer.ok) {
      byTs.clear();
      for (const message of answer.messages) byTs.set(message.ts, message);
    }
    changed(answer.ok ? null : answer);
  }

  const put = (message) => {
    byTs.set(message.ts, message);
    changed();
  };
  const drop = (ts) => {
    byTs.delete(ts);
    changed();
  };

  /** Take a live event; true when it was about this conversation. */
  function apply(event) {
    if ((event.channel ?? event.message?.channel) !== channel) return false;
    switch (event.type) {
      case 'message':
        // A reply changes its parent's counts, which only the server knows.
        if (!thread && event.message.thread_ts && event.message.thread_ts !== event.message.ts) refetch();
        put(event.message);
        break;
      case 'message_changed':
        put(event.message);
        break;
      case 'message_deleted':
        if (event.message?.deleted && event.message.reply_count) put(event.message);
        else drop(event.ts ?? event.message.ts);
        refetch();
        break;
      case 'ephemeral':
        put({ ephemeral: true, ...event.message });
        break;
      case 'ephemeral_changed':
        if (event.message) put({ ephemeral: true, ...event.message, ts: event.ts ?? event.message.ts });
        break;
      case 'ephemeral_deleted':
        drop(event.ts ?? event.message.ts);
        break;
      default:
        return false;
    }
    return true;
  }

  /** A line only this tab sees, e.g. that a command is not known. */
  function notice(text) {
    const last = [...byTs.values(), ...notices.values()].sort(order).at(-1);
    const ts = Math.max(Date.now() / 1000, last ? Number.parseFloat(last.ts) + 0.000_01 : 0).toFixed(6);
    notices.set(ts, { ts, channel, thread_ts: thread, text, notice: true, ephemeral: true });
    changed();
  }

  function dismiss(ts) {
    notices.delete(ts);
    changed();
  }

  return {
    load,
    apply,
    notice,
    dismiss,
    close: () => {
      closed = true;
      refetch.cancel();
    },
  };
}
