// One message: head, text or blocks, attachments, files, reactions, thread summary, and its tools.
import { createSurface, renderBlocks } from './blocks/index.js';
import { collect } from './blocks/values.js';
import { h, replace } from './dom.js';
import { emojiOf } from './emoji.js';
import { fileNode } from './files.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { lines, link, mrkdwn } from './mrkdwn.js';
import { avatar, nameBadge } from './people.js';
import { displayName, namesOf, shortcutsOf } from './state.js';
import { ago, clockTime, dateOfTs, fullTime } from './time.js';
import { errorWords } from './errors.js';

const SYSTEM_SUBTYPES = new Set([
  'channel_join',
  'channel_leave',
  'group_join',
  'group_leave',
  'channel_topic',
  'channel_purpose',
]);

/**
 * Draw a message. `options`: {grouped, inThread, surfaces, onThread, onDismiss}.
 * `surfaces` keeps what was typed into a message's fields across redraws.
 */
export function messageNode(message, { state, api }, options) {
  const who = message.user ?? message.bot_id;
  const name = message.notice ? 'Workspace' : (displayName(state, who) ?? message.username ?? 'Unknown member');
  const date = dateOfTs(message.ts);
  const { tz } = state.viewer;
  const failure = h('div', { class: 'message-error', role: 'alert', hidden: true });
  const content = message.deleted
    ? h('p', { class: 'muted' }, 'This message was deleted.')
    : bodyOf(message, { state, api }, { ...options, failure });
  return h(
    'article',
    {
      class: classesOf(message, options),
      tabindex: '-1',
      dataset: { ts: message.ts },
      'aria-label': `${name}, ${clockTime(date, tz)}`,
    },
    h(
      'div',
      { class: 'gutter' },
      options.grouped
        ? h('time', { class: 'gutter-time' }, clockTime(date, tz).replace(/ [AP]M$/, ''))
        : avatar(state, message.notice ? null : who, 38),
    ),
    h(
      'div',
      { class: 'message-body' },
      message.ephemeral ? h('div', { class: 'only-you' }, icon('eye', 14), 'Only visible to you') : null,
      options.grouped ? null : head(name, message.notice ? null : nameBadge(state, who), date, tz),
      content,
      failure,
      reactions(message, state),
      options.inThread ? null : threadSummary(message, state, options),
    ),
    message.deleted ? null : tools(message, { state, api }, { ...options, failure }),
  );
}

function classesOf(message, { grouped }) {
  return ['message', grouped ? 'grouped' : '', message.ephemeral ? 'ephemeral' : ''].filter(Boolean).join(' ');
}

function head(name, badge, date, tz) {
  return h(
    'div',
    { class: 'message-head' },
    h('strong', { class: 'author' }, name),
    badge,
    h('time', { class: 'muted', title: fullTime(date, tz) }, clockTime(date, tz)),
  );
}

function bodyOf(message, app, options) {
  const parts = [];
  if (message.blocks?.length) parts.push(blocksNode(message, message.blocks, app, options, message.ts));
  else if (message.text)
    parts.push(
      h(
        'div',
        { class: SYSTEM_SUBTYPES.has(message.subtype) ? 'text muted' : 'text' },
        mrkdwn(message.text, namesOf(app.state)),
        message.edited ? [' ', edited()] : null,
      ),
    );
  if (message.edited && message.blocks?.length) parts.push(edited());
  (message.attachments ?? []).forEach((item, index) =>
    parts.push(attachment(item, message, app, { ...options, index })),
  );
  parts.push(...(message.files ?? []).map(fileNode));
  return parts;
}

function edited() {
  return h('span', { class: 'edited' }, '(edited)');
}

/** The surface of a message's blocks; made once per message, so typed text and open containers stay. */
function blocksNode(message, blocks, { state, api }, { surfaces, failure }, key) {
  const where = { user: state.viewer.id, container: { type: 'message', channel: message.channel, ts: message.ts } };
  const kept = surfaces.get(key);
  const surface = createSurface({
    state,
    values: kept?.values ?? structuredClone(message.state?.values ?? {}),
    act: async (block, element, value) => {
      failure.hidden = true;
      const answer = await api.action({
        ...where,
        block_id: block.block_id,
        action_id: element.action_id,
        value,
        state: { values: collect(surface, blocks) },
      });
      if (!answer.ok) showFailure(failure, answer);
      return answer;
    },
    suggest: (block, element, query) =>
      api.suggest({
        user: state.viewer.id,
        channel: message.channel,
        ts: message.ts,
        block_id: block.block_id,
        action_id: element.action_id,
        query,
      }),
    currentConversation: () => message.channel,
  });
  Object.assign(surface, { opened: kept?.opened, tables: kept?.tables });
  surfaces.set(key, surface);
  const node = h('div', { class: 'blocks' });
  renderBlocks(node, blocks, surface);
  return node;
}

export function showFailure(node, answer) {
  replace(node, icon('error', 16), h('span', null, errorWords(answer)));
  node.hidden = false;
}

function attachment(item, message, app, options) {
  const names = namesOf(app.state);
  const colour =
    { good: '#2eb886', warning: '#daa038', danger: '#a30200' }[item.color] ??
    (item.color ? `#${item.color.replace('#', '')}` : null);
  const classic = item.blocks
    ? blocksNode(message, item.blocks, app, options, `${message.ts}/${options.index}`)
    : [
        item.pretext ? h('div', null, mrkdwn(item.pretext, names)) : null,
        item.title ? h('strong', null, item.title_link ? link(item.title_link, item.title) : lines(item.title)) : null,
        item.text ? h('div', { class: 'text' }, mrkdwn(item.text, names)) : null,
        item.fields
          ? h(
              'div',
              { class: 'section-fields' },
              item.fields.map((field) =>
                h(
                  'div',
                  { class: 'section-field' },
                  h('b', null, field.title),
                  h('br'),
                  mrkdwn(String(field.value ?? ''), names),
                ),
              ),
            )
          : null,
        item.footer ? h('div', { class: 'context' }, item.footer) : null,
        !item.text && !item.title && item.fallback ? h('div', { class: 'text' }, item.fallback) : null,
      ];
  return h('div', { class: 'attachment', style: { '--bar': colour } }, classic);
}

function reactions(message, state) {
  if (!message.reactions?.length) return null;
  return h(
    'div',
    { class: 'reactions', role: 'group', 'aria-label': 'Reactions' },
    message.reactions.map((reaction) => {
      const people = (reaction.users ?? []).map((id) => displayName(state, id) ?? id).join(', ');
      return h(
        'span',
        {
          class: reaction.users?.includes(state.viewer.id) ? 'reaction mine' : 'reaction',
          title: `${people} reacted with :${reaction.name}:`,
        },
        h('span', { class: 'emoji' }, emojiOf(reaction.name) ?? `:${reaction.name}:`),
        String(reaction.count ?? reaction.users?.length ?? 1),
      );
    }),
  );
}

function threadSummary(message, state, { onThread }) {
  if (!message.reply_count) return null;
  const count = `${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}`;
  return h(
    'button',
    { type: 'button', class: 'thread-summary', onclick: () => onThread(message.ts) },
    h(
      'span',
      { class: 'thread-faces' },
      (message.reply_users ?? []).slice(0, 4).map((id) => avatar(state, id, 22)),
    ),
    h('strong', null, count),
    message.latest_reply ? h('span', { class: 'muted' }, `Last reply ${ago(dateOfTs(message.latest_reply))}`) : null,
  );
}

function tools(message, app, options) {
  if (message.notice)
    return h(
      'div',
      { class: 'tools' },
      tool('Dismiss', 'close', () => options.onDismiss(message.ts)),
    );
  const shortcuts = shortcutsOf(app.state, 'message');
  const more = tool('More actions', 'more', () =>
    openMenu(more, menuItems(message, app, options, shortcuts), { label: 'Message actions' }),
  );
  more.setAttribute('aria-haspopup', 'menu');
  return h(
    'div',
    { class: 'tools', role: 'toolbar', 'aria-label': 'Message tools' },
    options.inThread || message.ephemeral
      ? null
      : tool('Reply in thread', 'reply', () => options.onThread(message.thread_ts ?? message.ts)),
    message.ephemeral ? null : more,
  );
}

function tool(label, glyph, onclick) {
  return h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick },
    icon(glyph, 18),
  );
}

function menuItems(message, { state, api }, { onThread, inThread, failure }, shortcuts) {
  const run = async (shortcut) => {
    const answer = await api.shortcut({
      user: state.viewer.id,
      callback_id: shortcut.callback_id,
      channel: message.channel,
      ts: message.ts,
    });
    if (!answer.ok) showFailure(failure, answer);
  };
  return [
    ...(inThread
      ? []
      : [{ label: 'Reply in thread', icon: 'reply', onpick: () => onThread(message.thread_ts ?? message.ts) }]),
    { label: 'Copy text', icon: 'copy', onpick: () => navigator.clipboard?.writeText(message.text ?? '') },
    ...(shortcuts.length ? [{ heading: state.app.name }] : []),
    ...shortcuts.map((shortcut) => ({
      label: shortcut.name,
      detail: shortcut.description,
      icon: 'bolt',
      onpick: () => run(shortcut),
    })),
  ];
}
