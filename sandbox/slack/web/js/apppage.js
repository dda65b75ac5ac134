// The app's own page: Home, Messages, About.
import { createSurface, renderBlocks } from './blocks/index.js';
import { collect } from './blocks/values.js';
import { backToList, messagesOf } from './conversation.js';
import { h, replace, uid } from './dom.js';
import { showFailure } from './message.js';
import { avatar } from './people.js';
import { spinner } from './popover.js';
import { formatRoute } from './state.js';

const TABS = [
  ['home', 'Home'],
  ['messages', 'Messages'],
  ['about', 'About'],
];

export function appPage(app, tab) {
  const { state } = app;
  const panelId = uid('panel');
  const go = (name) => {
    window.location.hash = formatRoute({ user: state.viewer.id, kind: 'app', tab: name });
  };
  const tabs = TABS.map(([name, title]) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        class: 'tab',
        'aria-selected': name === tab,
        'aria-controls': panelId,
        tabindex: name === tab ? '0' : '-1',
        onclick: () => go(name),
      },
      title,
    ),
  );
  const onKey = (event) => {
    const at = tabs.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    app.focusTab = true;
    go(TABS[next % tabs.length][0]);
  };
  const inside = { home: homeTab, messages: messagesTab, about: aboutTab }[tab](app);
  const node = h(
    'main',
    { class: 'main', 'aria-label': state.app.name },
    h(
      'header',
      { class: 'page-head page-head-tabs' },
      h(
        'div',
        { class: 'page-line' },
        backToList(),
        h(
          'div',
          { class: 'page-title' },
          avatar(state, state.app.bot_user_id, 30),
          h('h1', null, state.app.name),
          h('span', { class: 'badge badge-app' }, 'APP'),
        ),
      ),
      h('div', { class: 'tabs', role: 'tablist', 'aria-label': `${state.app.name} sections`, onkeydown: onKey }, tabs),
    ),
    h(
      'div',
      { class: 'panel', role: 'tabpanel', id: panelId, 'aria-label': TABS.find(([name]) => name === tab)[1] },
      inside.nodes,
    ),
  );
  if (tab !== 'about') app.api.openHome(state.viewer.id, tab);
  if (app.focusTab)
    requestAnimationFrame(() => tabs.find((item) => item.getAttribute('aria-selected') === 'true').focus());
  app.focusTab = false;
  return { node, ...inside };
}

function messagesTab(app) {
  const id = app.state.conversations.app_im?.id;
  if (!id) return { nodes: [h('div', { class: 'empty' }, 'This app has no messages tab.')], close: () => {} };
  return messagesOf(app, { channel: id });
}

function homeTab(app) {
  const { state, api } = app;
  const failure = h('div', { class: 'message-error home-error', role: 'alert', hidden: true });
  const body = h('div', { class: 'blocks home-blocks' });
  const holder = h('div', { class: 'home' }, failure, body);
  let view = null;
  let closed = false;
  const surface = createSurface({
    state,
    act: async (block, element, value) => {
      failure.hidden = true;
      const answer = await api.action({
        user: state.viewer.id,
        container: { type: 'home' },
        block_id: block.block_id,
        action_id: element.action_id,
        value,
        state: { values: collect(surface, view.blocks) },
      });
      if (!answer.ok) showFailure(failure, answer);
      return answer;
    },
    suggest: (block, element, query) =>
      api.suggest({
        user: state.viewer.id,
        view_id: view.id,
        block_id: block.block_id,
        action_id: element.action_id,
        query,
      }),
  });
  const show = (next) => {
    if (closed || !next) return;
    if (!view) replace(body);
    view = next;
    renderBlocks(body, view.blocks, surface);
  };
  const load = async () => {
    const answer = await api.home(state.viewer.id);
    if (answer.view) show(answer.view);
    else if (!view && !closed) replace(body, emptyHome(state));
  };
  replace(body, h('div', { class: 'empty' }, spinner(), ' Opening…'));
  load();
  return {
    nodes: [holder],
    show,
    load,
    close: () => {
      closed = true;
    },
  };
}

function emptyHome(state) {
  return h(
    'div',
    { class: 'empty' },
    avatar(state, state.app.bot_user_id, 56),
    h('strong', null, `${state.app.name} is setting up your Home`),
    h('p', null, 'Its page appears here as soon as the app has published it.'),
  );
}

function aboutTab({ state }) {
  const row = (title, detail, hint) =>
    h(
      'li',
      null,
      h('strong', null, title),
      hint ? h('span', { class: 'muted' }, ` ${hint}`) : null,
      detail ? h('p', null, detail) : null,
    );
  const group = (title, items) =>
    items.length ? h('section', null, h('h2', null, title), h('ul', { class: 'about-list' }, items)) : null;
  const shortcuts = state.shortcuts ?? [];
  return {
    nodes: [
      h(
        'div',
        { class: 'home about' },
        h('p', { class: 'about-lead' }, state.app.description),
        group(
          'Commands',
          (state.commands ?? []).map((item) => row(item.command, item.description, item.usage_hint)),
        ),
        group(
          'Shortcuts',
          shortcuts.map((item) =>
            row(item.name, item.description, item.type === 'message' ? 'on a message' : 'anywhere'),
          ),
        ),
      ),
    ],
    close: () => {},
  };
}
