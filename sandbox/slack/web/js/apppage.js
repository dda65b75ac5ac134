// The app's own page: Home, Messages, About.
import { HomeTab } from './apphome.js';
import { backToList, messagesOf } from './conversation.js';
import { h, uid } from './dom.js';
import { avatar } from './people.js';
import { formatRoute } from './state.js';
import { installation } from './teams.js';

const TABS = [
  { name: 'home', title: 'Home', open: homeTab },
  { name: 'messages', title: 'Messages', open: messagesTab },
  { name: 'about', title: 'About', open: aboutTab },
];

/** {node, close, …}; `show(view)`, `load()` or `feed` by tab, for whoever brings live events. */
export function appPage(app, name) {
  const { state, api } = app;
  const tabs = TABS.filter((item) => state.app[`${item.name}_tab`] !== false);
  const tab = tabs.find((item) => item.name === name) ?? tabs[0];
  const inside = tab.open(app);
  const panel = { class: 'panel', role: 'tabpanel', id: uid('panel'), 'aria-label': tab.title };
  const node = h(
    'main',
    { class: 'main', 'aria-label': state.app.name },
    h('header', { class: 'page-head page-head-tabs' }, titleLine(state), tabList(app, tabs, tab, panel.id)),
    h('div', panel, inside.nodes),
  );
  // The app hears of every opening of the two tabs it knows.
  if (tab.open !== aboutTab) api.openHome(state.viewer.id, tab.name);
  const keepsFocus = focusTabAgain(app, node);
  return { ...inside, node, keepsFocus };
}

/** An arrow key went to another tab: the focus belongs on that tab, not in the page. */
function focusTabAgain(app, node) {
  if (!app.focusTab) return false;
  app.focusTab = false;
  requestAnimationFrame(() => node.querySelector('[role=tab][aria-selected=true]').focus());
  return true;
}

function titleLine(state) {
  const title = [
    avatar(state, state.app.bot_user_id, 30),
    h('h1', null, state.app.name),
    h('span', { class: 'badge badge-app' }, 'APP'),
  ];
  return h('div', { class: 'page-line' }, backToList(), h('div', { class: 'page-title' }, title));
}

function tabList(app, all, current, panelId) {
  const { state } = app;
  const go = ({ name }) => {
    window.location.hash = formatRoute({ user: state.viewer.id, kind: 'app', tab: name });
  };
  const onkeydown = (event) => {
    const at = all.indexOf(current);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    app.focusTab = true;
    go(all[next % all.length]);
  };
  const buttons = all.map((tab) => tabButton(tab, tab === current, panelId, go));
  return h('div', { class: 'tabs', role: 'tablist', 'aria-label': `${state.app.name} sections`, onkeydown }, buttons);
}

function tabButton(tab, selected, panelId, go) {
  return h(
    'button',
    {
      type: 'button',
      role: 'tab',
      class: 'tab',
      'aria-selected': selected,
      'aria-controls': selected ? panelId : null,
      tabindex: selected ? '0' : '-1',
      onclick: () => go(tab),
    },
    tab.title,
  );
}

function homeTab(app) {
  const home = new HomeTab(app);
  return { nodes: home.nodes, show: (view) => home.show(view), load: () => home.load(), close: () => home.close() };
}

function messagesTab(app) {
  const id = app.state.conversations.app_im?.id;
  if (id) return messagesOf(app, { channel: id });
  return { nodes: [h('div', { class: 'empty' }, 'This app has no messages tab.')], close: () => {} };
}

function aboutTab(app) {
  const { state } = app;
  const commands = (state.commands ?? []).map((item) => aboutRow(item.command, item.usage_hint, item.description));
  const shortcuts = (state.shortcuts ?? []).map((item) =>
    aboutRow(item.name, item.type === 'message' ? 'on a message' : 'anywhere', item.description),
  );
  const lead = h('p', { class: 'about-lead' }, state.app.description);
  const about = h(
    'div',
    { class: 'home about' },
    lead,
    aboutGroup('Commands', commands),
    aboutGroup('Shortcuts', shortcuts),
    installation(app),
  );
  return { nodes: [about], close: () => {} };
}

function aboutGroup(title, rows) {
  return rows.length ? h('section', null, h('h2', null, title), h('ul', { class: 'about-list' }, rows)) : null;
}

function aboutRow(title, hint, detail) {
  const head = [h('strong', null, title), hint ? h('span', { class: 'muted' }, ` ${hint}`) : null];
  return h('li', null, head, detail ? h('p', null, detail) : null);
}
