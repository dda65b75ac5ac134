// Puts the page together and routes live events to whoever shows them.
import { createApi } from './api.js';
import { appPage } from './apppage.js';
import { banner } from './banner.js';
import { conversationPage, threadPane } from './conversation.js';
import { debounce, h, replace } from './dom.js';
import { errorWords } from './errors.js';
import { openInspector } from './inspector.js';
import { createModals } from './modal.js';
import { openStream } from './stream.js';
import { sidebar } from './sidebar.js';
import {
  conversation,
  createState,
  displayName,
  formatRoute,
  parseRoute,
  recall,
  remember,
  setConversations,
} from './state.js';
import { toast } from './toast.js';

const RETRY_BOOT_MS = 1000;

async function start() {
  const api = createApi();
  const bootstrap = await api.bootstrap();
  if (!bootstrap.ok) {
    replace(
      document.getElementById('app'),
      h('p', { class: 'boot', role: 'status' }, 'Waiting for the workspace server…'),
    );
    setTimeout(start, RETRY_BOOT_MS);
    return;
  }
  run(api, createState(bootstrap));
}

function run(api, state) {
  const app = { api, state, drafts: new Map(), focusTab: false };
  let page = null;
  let side = null;
  let endStream = null;
  let viewEvents = 0;

  const refreshConversations = async () => {
    const { id } = state.viewer;
    const answer = await api.conversations(id);
    if (answer.ok && id === state.viewer.id) setConversations(state, answer);
  };
  const refreshSoon = debounce(refreshConversations, 150);
  const top = banner(app);
  app.focusComposer = () => page?.focus?.();
  app.markRead = debounce((channel) => {
    if (!document.hidden) api.read(state.viewer.id, channel).then(refreshSoon);
  }, 200);
  app.resyncModals = async () => {
    const seen = viewEvents;
    const answer = await api.modals(state.viewer.id);
    // A live event that came meanwhile is newer than this answer.
    if (answer.ok && seen === viewEvents) modals.sync(answer.stack);
  };
  const modals = createModals(app);
  const mainSlot = h('div', { class: 'slot' });
  const sideSlot = h('div', { class: 'slot side-slot', hidden: true });
  const left = sidebar(state, { onInspector: () => openInspector(app) });

  async function viewAs(user) {
    state.viewer = user;
    remember('viewer', user.id);
    endStream?.();
    modals.clear();
    viewEvents += 1;
    state.emit('viewer');
    await refreshConversations();
    endStream = openStream(api.streamUrl(user.id), {
      onEvent,
      onResync: resync,
      onStatus: (online) => {
        if (online !== state.online) {
          state.online = online;
          state.emit('online');
        }
      },
    });
    app.resyncModals();
  }

  function resync() {
    refreshConversations();
    page?.feed?.load();
    page?.load?.();
    side?.feed.load();
    app.resyncModals();
  }

  const VIEW_EVENTS = new Set(['view_opened', 'view_pushed', 'view_updated', 'view_closed']);

  function onEvent(event) {
    if (event.type === 'reset') {
      window.location.reload();
      return;
    }
    if (VIEW_EVENTS.has(event.type)) {
      viewEvents += 1;
      modals.sync(event.stack);
      return;
    }
    if (event.type === 'view_errors') {
      modals.errors(event.view_id, event.errors);
      return;
    }
    if (event.type === 'home_published') {
      page?.show?.(event.view);
      return;
    }
    if (event.type === 'app_error') {
      appError(event);
      return;
    }
    if (event.type === 'unread') {
      unread(event);
      return;
    }
    const here = page?.feed?.apply(event);
    side?.feed.apply(event);
    if (event.type === 'message' && !here) elsewhere(event.message);
  }

  function unread(event) {
    const known = [...state.conversations.channels, ...state.conversations.ims, state.conversations.app_im].find(
      (item) => item?.id === event.channel,
    );
    if (!known) {
      refreshSoon();
      return;
    }
    // What is on the screen is read.
    const open = state.route.channel === event.channel && !document.hidden;
    Object.assign(known, open ? { unread: 0, mentions: 0 } : { unread: event.unread, mentions: event.mentions });
    state.emit('conversations');
  }

  /** The caller of a failed request shows it; what nobody shows becomes a toast. */
  function appError(event) {
    setTimeout(() => {
      if (!api.saidRecently(event.error))
        toast({ tone: 'error', title: `${state.app.name} had a problem`, text: errorWords(event) });
    }, 600);
  }

  function elsewhere(message) {
    refreshSoon();
    const found = conversation(state, message.channel);
    const loud = found?.type !== 'channel' || message.text?.includes(`<@${state.viewer.id}>`);
    if (!loud || message.user === state.viewer.id || message.thread_ts) return;
    toast({
      title: displayName(state, message.user ?? message.bot_id) ?? state.app.name,
      text: (message.text ?? '').slice(0, 160),
      onopen: () => {
        window.location.hash =
          found?.type === 'app'
            ? formatRoute({ user: state.viewer.id, kind: 'app', tab: 'messages' })
            : formatRoute({ user: state.viewer.id, kind: 'channel', channel: message.channel });
      },
    });
  }

  function firstPlace() {
    const { channels } = state.conversations;
    const remembered = recall(`channel.${state.viewer.id}`);
    return channels.find((item) => item.id === remembered) ?? channels.find((item) => item.is_member) ?? channels[0];
  }

  async function follow() {
    const asked = parseRoute(window.location.hash);
    const user =
      state.users.get(asked.user) ?? state.users.get(recall('viewer')) ?? state.users.get(state.default_user);
    if (user.id !== state.viewer?.id) await viewAs(user);
    const route = settle({ ...asked, user: user.id });
    const address = formatRoute(route);
    if (address !== window.location.hash) window.history.replaceState(null, '', address);
    show(route);
  }

  /** The nearest place this member may be: their last channel when the asked one is not theirs. */
  function settle(route) {
    const { user } = route;
    if (route.kind === 'app' && ['home', 'messages', 'about'].includes(route.tab)) return route;
    if (route.kind === 'channel' && route.channel === state.conversations.app_im?.id && !route.thread)
      return { user, kind: 'app', tab: 'messages' };
    if (route.kind === 'channel' && conversation(state, route.channel)) return route;
    const place = firstPlace();
    return place ? { user, kind: 'channel', channel: place.id, thread: null } : { user, kind: 'app', tab: 'home' };
  }

  function show(route) {
    const before = state.route;
    state.route = route;
    const samePage =
      page &&
      before.user === route.user &&
      before.kind === route.kind &&
      before.channel === route.channel &&
      before.tab === route.tab;
    if (!samePage) openPage(route);
    const sameThread = side && samePage && before.thread === route.thread;
    if (!sameThread) openSide(route);
    document.body.dataset.pane = route.thread
      ? 'side'
      : !samePage && before.kind === 'none' && window.location.hash === ''
        ? 'nav'
        : 'main';
    state.emit('route');
  }

  function openPage(route) {
    page?.close();
    page = route.kind === 'app' ? appPage(app, route.tab) : conversationPage(app, route.channel);
    if (route.kind === 'channel') remember(`channel.${route.user}`, route.channel);
    replace(mainSlot, page.node);
    document.title = `${page.node.getAttribute('aria-label')} · ${state.team.name}`;
    if (window.matchMedia('(min-width: 761px)').matches && !app.focusTab && !modals.isOpen()) page.focus?.();
  }

  function openSide(route) {
    side?.close();
    side = route.thread ? threadPane(app, route.channel, route.thread) : null;
    sideSlot.hidden = !side;
    replace(sideSlot, side?.node);
    side?.focus();
  }

  replace(document.getElementById('app'), top.node, h('div', { class: 'columns' }, left, mainSlot, sideSlot));
  document.body.dataset.pane = 'main';
  window.addEventListener('hashchange', follow);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && state.route.channel) app.markRead(state.route.channel);
  });
  follow();
}

start();
