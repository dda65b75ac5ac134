// The left column: workspace, who is being played, channels, direct messages, apps.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { memberSwitcher } from './members.js';
import { avatar } from './people.js';
import { tip } from './popover.js';
import { displayName, formatRoute } from './state.js';
import { teamSwitcher } from './teams.js';
import { currentTheme, toggleTheme } from './theme.js';

export function sidebar(state, { onInspector }) {
  const nav = h('nav', { class: 'nav', 'aria-label': 'Conversations' });
  const root = h(
    'aside',
    { class: 'sidebar' },
    h(
      'div',
      { class: 'brand' },
      h('img', { src: 'icon.svg', alt: '', width: 30, height: 30 }),
      teamSwitcher(state),
      themeButton(),
    ),
    memberSwitcher(state),
    nav,
    h(
      'div',
      { class: 'sidebar-foot' },
      h(
        'button',
        { type: 'button', class: 'nav-item', onclick: onInspector },
        icon('code', 18),
        h('span', { class: 'nav-name' }, 'Inspector'),
      ),
    ),
  );
  const draw = () => replace(nav, sections(state));
  state.on('conversations', draw);
  state.on('route', draw);
  state.on('viewer', draw);
  return root;
}

function themeButton() {
  const face = () =>
    currentTheme() === 'dark' ? [tip('Switch to light theme'), 'sun'] : [tip('Switch to dark theme'), 'moon'];
  const [words, glyph] = face();
  const button = h(
    'button',
    {
      type: 'button',
      class: 'icon-button on-dark',
      ...words,
      onclick: () => {
        toggleTheme();
        const [names, next] = face();
        for (const [name, value] of Object.entries(names)) button.setAttribute(name, value);
        replace(button, icon(next));
      },
    },
    icon(glyph),
  );
  return button;
}

function sections(state) {
  const { channels, ims, app_im: appIm } = state.conversations;
  const joined = channels.filter((channel) => channel.is_member);
  const others = channels.filter((channel) => !channel.is_member);
  return [
    section('Apps', appItems(state, appIm)),
    section(
      'Channels',
      [...joined, ...others].map((channel) => channelItem(state, channel)),
    ),
    section(
      'Direct messages',
      [...ims, ...strangers(state)].map((im) => directItem(state, im)),
    ),
  ];
}

function section(title, items) {
  if (!items.length) return null;
  return h(
    'section',
    { class: 'nav-section', 'aria-label': title },
    h('h2', null, title),
    h(
      'ul',
      null,
      items.map((item) => h('li', null, item)),
    ),
  );
}

function navItem({ href, current, unread = 0, mentions = 0, lead, name, trail, muted }) {
  const count = mentions || unread;
  return h(
    'a',
    {
      href,
      class: `nav-item${unread ? ' unread' : ''}${muted ? ' muted-item' : ''}`,
      'aria-current': current ? 'page' : null,
      'aria-label': count ? `${name}, ${count} unread` : name,
    },
    h('span', { class: 'nav-lead' }, lead),
    h('span', { class: 'nav-name' }, name),
    trail ?? null,
    count ? h('span', { class: mentions ? 'count count-loud' : 'count' }, count > 99 ? '99+' : String(count)) : null,
  );
}

function channelItem(state, channel) {
  return navItem({
    href: formatRoute({ user: state.viewer.id, kind: 'channel', channel: channel.id }),
    current: state.route.channel === channel.id,
    unread: channel.unread,
    mentions: channel.mentions,
    name: channel.name,
    muted: !channel.is_member,
    lead: icon(channel.is_private ? 'lock' : 'hash', 17),
    trail: channel.is_ext_shared
      ? h(
          'span',
          {
            class: 'nav-mark',
            role: 'img',
            'aria-label': 'Shared with another company',
            title: 'Shared with another company',
          },
          icon('shared', 15),
        )
      : null,
  });
}

/** Colleagues this member has not written to yet; the address of a person opens a conversation. */
function strangers(state) {
  if (state.viewer.kind === 'guest') return [];
  const known = new Set([...state.conversations.ims.map((im) => im.user), state.viewer.id]);
  const colleague = (user) => user.team_id === state.viewer.team_id && ['admin', 'member'].includes(user.kind);
  return [...state.users.values()]
    .filter((user) => colleague(user) && !known.has(user.id))
    .map((user) => ({ id: user.id, user: user.id, unread: 0, quiet: true }));
}

function directItem(state, im) {
  const name = displayName(state, im.user) ?? im.user;
  return navItem({
    href: formatRoute({ user: state.viewer.id, kind: 'channel', channel: im.id }),
    current: state.route.channel === im.id,
    unread: im.unread,
    muted: im.quiet,
    mentions: im.unread,
    name: im.user === state.viewer.id ? `${name} (you)` : name,
    lead: avatar(state, im.user, 20),
  });
}

function appItems(state, appIm) {
  if (!appIm) return [];
  return [
    navItem({
      href: formatRoute({ user: state.viewer.id, kind: 'app', tab: 'home' }),
      current: state.route.kind === 'app',
      unread: appIm.unread,
      mentions: appIm.unread,
      name: state.app.name,
      lead: avatar(state, state.app.bot_user_id, 20),
    }),
  ];
}
