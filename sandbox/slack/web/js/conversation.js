// The middle column for a channel or direct message, and the thread pane beside it.
import { Composer } from './composer.js';
import { h } from './dom.js';
import { errorWords } from './errors.js';
import { Feed } from './feed.js';
import { joinBar } from './joinbar.js';
import { icon } from './icons.js';
import { MessageList } from './messagelist.js';
import { lines } from './mrkdwn.js';
import { introOf, wordsFor } from './places.js';
import { formatRoute } from './state.js';

export function backToList() {
  return h(
    'button',
    {
      type: 'button',
      class: 'icon-button only-narrow',
      'aria-label': 'Back to conversations',
      onclick: () => {
        document.body.dataset.pane = 'nav';
      },
    },
    icon('back'),
  );
}

function openThread(state, channel) {
  return (thread) => {
    // The app's messages live on its own page; a thread of theirs is shown as a conversation.
    window.location.hash = formatRoute({ user: state.viewer.id, kind: 'channel', channel, thread });
  };
}

/** Messages and composer of one conversation; {nodes, feed, focus, close}. */
export function messagesOf(app, { channel, thread = null }) {
  const { state } = app;
  const words = wordsFor(state, channel);
  const list = new MessageList(app, {
    label: thread ? 'Thread' : words.log,
    inThread: Boolean(thread),
    onThread: openThread(state, channel),
    onDismiss: (ts) => feed.dismiss(ts),
    intro: thread ? null : () => introOf(words, state.app),
  });
  const feed = new Feed(app, {
    channel,
    thread,
    onChange: (messages, problem) => {
      if (problem && !messages.length)
        list.note(h('strong', null, 'These messages cannot be shown'), h('p', null, errorWords(problem)));
      else list.show(messages);
      if (!thread && !document.hidden) app.markRead(channel);
    },
  });
  const label = thread ? 'Reply…' : words.label;
  const box = new Composer(app, { place: { channel, thread }, label, notice: (text) => feed.notice(text) });
  const below = words.member || thread ? box.node : joinBar(app, channel, words.title);
  feed.load();
  return { nodes: [list.node, below], channel, feed, focus: () => box.focus(), close: () => feed.close() };
}

export function conversationPage(app, channel) {
  const words = wordsFor(app.state, channel);
  const inside = messagesOf(app, { channel });
  const head = h(
    'header',
    { class: 'page-head' },
    backToList(),
    h(
      'div',
      { class: 'page-title' },
      words.lead,
      h('h1', null, words.title),
      words.shared
        ? h(
            'span',
            { class: 'badge badge-external', title: 'People of another company are in this channel' },
            icon('shared', 13),
            'Shared',
          )
        : null,
    ),
    words.topic ? h('p', { class: 'topic' }, lines(words.topic)) : null,
  );
  return { node: h('main', { class: 'main', 'aria-label': words.title }, head, inside.nodes), ...inside };
}

export function threadPane(app, channel, thread) {
  const words = wordsFor(app.state, channel);
  const inside = messagesOf(app, { channel, thread });
  const close = () => {
    window.location.hash = formatRoute({ user: app.state.viewer.id, kind: 'channel', channel });
  };
  const node = h(
    'aside',
    {
      class: 'side',
      'aria-label': 'Thread',
      onkeydown: (event) => {
        if (event.key === 'Escape') close();
      },
    },
    h(
      'header',
      { class: 'page-head' },
      h(
        'div',
        { class: 'page-title' },
        h('h2', null, 'Thread'),
        h('span', { class: 'muted' }, words.label.replace(/^Message /, '')),
      ),
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close thread', title: 'Close thread', onclick: close },
        icon('close'),
      ),
    ),
    inside.nodes,
  );
  return { node, ...inside };
}
