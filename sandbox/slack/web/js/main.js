// Puts the page together, and shows what its address says: as whom, and where.
import { createApi } from './api.js';
import { appPage } from './apppage.js';
import { Banner } from './banner.js';
import { conversationPage, threadPane } from './conversation.js';
import { debounce, h, replace } from './dom.js';
import { openInspector } from './inspector.js';
import { onEvent } from './live.js';
import { Modals } from './modal.js';
import { openStream } from './stream.js';
import { sidebar } from './sidebar.js';
import { conversation, createState, formatRoute, parseRoute, placeOf, recall, remember, setConversations } from './state.js';

const RETRY_BOOT_MS = 1000;
const REFRESH_WAIT_MS = 150;
const READ_WAIT_MS = 200;
const TABS = ['home', 'messages', 'about'];
const WIDE = '(min-width: 761px)';

/** Whether an answer tells what the page knows already: then nothing is drawn anew. */
function sameMembers(state, answer) {
  const known = JSON.stringify([...state.users.values(), state.user_groups]);
  return known === JSON.stringify([...answer.users, answer.user_groups]);
}

class Workspace {
  constructor(api, state) {
    Object.assign(this, { api, state, drafts: new Map(), focusTab: false });
    this.page = null;
    this.side = null;
    this.endStream = null;
    this.viewEvents = 0;
    this.modals = new Modals(this);
    this.refreshSoon = debounce(() => this.refresh(), REFRESH_WAIT_MS);
    this.markRead = debounce((channel) => this.read(channel), READ_WAIT_MS);
    this.mainSlot = h('div', { class: 'slot' });
    this.sideSlot = h('div', { class: 'slot side-slot', hidden: true });
  }

  start(root) {
    const left = sidebar(this.state, { onInspector: () => openInspector(this) });
    const columns = h('div', { class: 'columns' }, left, this.mainSlot, this.sideSlot);
    replace(root, new Banner(this).node, columns);
    document.body.dataset.pane = 'main';
    window.addEventListener('hashchange', () => this.follow());
    document.addEventListener('click', (event) => this.onLink(event));
    document.addEventListener('visibilitychange', () => this.page?.channel && this.markRead(this.page.channel));
    this.follow();
  }

  /** Names, titles, standings and user groups as they are now. */
  async renewMembers() {
    const { state, api } = this;
    const answer = await api.bootstrap({ team: state.team.id });
    if (!answer.ok || sameMembers(state, answer)) return;
    state.users.clear();
    for (const user of answer.users) state.users.set(user.id, user);
    state.user_groups = answer.user_groups;
    state.viewer = state.users.get(state.viewer.id);
    if (state.viewer.kind === 'deactivated') window.location.reload();
    else state.emit('viewer');
  }

  /** A permalink of this workspace leads to its place on this page. */
  onLink(event) {
    const place = placeOf(event.target.closest?.('a[href]')?.href, this.state.team);
    if (!place) return;
    event.preventDefault();
    window.location.hash = formatRoute({ user: this.state.viewer.id, kind: 'channel', ...place });
  }

  focusComposer() {
    this.page?.focus?.();
  }

  async refresh() {
    const { id } = this.state.viewer;
    const answer = await this.api.conversations(id);
    if (answer.ok && id === this.state.viewer.id) setConversations(this.state, answer);
  }

  async read(channel) {
    if (document.hidden) return;
    await this.api.read(this.state.viewer.id, channel);
    this.refreshSoon();
  }

  /** Show the open conversation anew, because the member has just joined it. */
  async rejoin() {
    await this.refresh();
    this.openPage(this.state.route);
  }

  showStack(stack) {
    this.viewEvents += 1;
    this.modals.sync(stack);
  }

  async resyncModals() {
    const seen = this.viewEvents;
    const answer = await this.api.modals(this.state.viewer.id);
    // A live event that came meanwhile is newer than this answer.
    if (answer.ok && seen === this.viewEvents) this.modals.sync(answer.stack);
  }

  /** After a gap in the stream, and when it first opens: whatever is shown may be old. */
  resync() {
    this.refresh();
    this.renewMembers();
    this.page?.feed?.load();
    this.page?.load?.();
    this.side?.feed.load();
    this.resyncModals();
  }

  /** Become another member. What the one before could see leaves the page first. */
  async viewAs(user) {
    this.endStream?.();
    this.showStack([]);
    this.closePage();
    this.state.viewer = user;
    remember('team', this.state.team.id);
    remember(`viewer.${this.state.team.id}`, user.id);
    this.state.emit('viewer');
    await this.refresh();
    if (this.state.viewer.id !== user.id) return;
    this.endStream = openStream(this.api.streamUrl(user.id), {
      onEvent: (event) => onEvent(this, event),
      onOpen: () => this.resync(),
      onStatus: (online) => this.setOnline(online),
    });
  }

  setOnline(online) {
    if (online === this.state.online) return;
    this.state.online = online;
    this.state.emit('online');
  }

  async follow() {
    const asked = parseRoute(window.location.hash);
    if (this.isElsewhere(asked.user)) {
      window.location.reload();
      return;
    }
    const last = recall(`viewer.${this.state.team.id}`);
    const user = this.playable(asked.user) ?? this.playable(last) ?? this.playable(this.state.default_user);
    if (user.id !== this.state.viewer?.id) await this.viewAs(user);
    if (this.state.viewer.id !== user.id) return;
    if (this.state.users.has(asked.channel)) asked.channel = await this.directWith(asked.channel);
    const route = this.settle({ ...asked, user: user.id });
    const address = formatRoute(route);
    if (address !== window.location.hash) window.history.replaceState(null, '', address);
    this.show(route);
  }

  /** The conversation with a person; asking for it makes it. */
  async directWith(person) {
    const answer = await this.api.messages(this.state.viewer.id, person);
    await this.refresh();
    return answer.channel ?? person;
  }

  /** Whether this is somebody of another workspace of this server: the page starts anew there. */
  isElsewhere(id) {
    const team = this.state.teams?.find((item) => item.members.includes(id));
    return team !== undefined && team.id !== this.state.team.id && !this.state.users.has(id);
  }

  playable(id) {
    const user = this.state.users.get(id);
    return user && !['bot', 'deactivated'].includes(user.kind) ? user : null;
  }

  /** The nearest place this member may be: their last channel when the asked one is not theirs. */
  settle(route) {
    const { user, kind, channel, thread } = route;
    if (kind === 'app' && this.state.conversations.app_im && TABS.includes(route.tab)) return route;
    const found = kind === 'channel' ? conversation(this.state, channel) : null;
    if (found?.type === 'app' && !thread) return { user, kind: 'app', tab: 'messages' };
    if (found) return route;
    const place = this.lastChannel();
    if (place) return { user, kind: 'channel', channel: place.id, thread: null };
    return this.state.conversations.app_im ? { user, kind: 'app', tab: 'home' } : { user, kind: 'none' };
  }

  lastChannel() {
    const { channels } = this.state.conversations;
    const remembered = recall(`channel.${this.state.viewer.id}`);
    const joined = channels.filter((item) => item.is_member);
    const withApp = joined.find((item) => item.members?.includes(this.state.app.bot_user_id));
    return joined.find((item) => item.id === remembered) ?? withApp ?? joined[0];
  }

  show(route) {
    const before = this.state.route;
    this.state.route = route;
    const samePage =
      this.page !== null && ['user', 'kind', 'channel', 'tab'].every((name) => before[name] === route[name]);
    if (!samePage) this.openPage(route);
    if (!samePage || before.thread !== route.thread) this.openSide(route);
    document.body.dataset.pane = route.thread ? 'side' : 'main';
    this.state.emit('route');
  }

  openPage(route) {
    this.closePage();
    if (route.kind === 'none') return;
    this.page = route.kind === 'app' ? appPage(this, route.tab) : conversationPage(this, route.channel);
    if (route.kind === 'channel') remember(`channel.${route.user}`, route.channel);
    replace(this.mainSlot, this.page.node);
    document.title = `${this.page.node.getAttribute('aria-label')} · ${this.state.team.name}`;
    const free = !this.page.keepsFocus && !this.modals.isOpen;
    if (free && window.matchMedia(WIDE).matches) this.focusComposer();
  }

  closePage() {
    this.page?.close();
    this.page = null;
    replace(this.mainSlot);
    this.closeSide();
  }

  openSide(route) {
    this.closeSide();
    if (!route.thread) return;
    this.side = threadPane(this, route.channel, route.thread);
    this.sideSlot.hidden = false;
    replace(this.sideSlot, this.side.node);
    this.side.focus();
  }

  closeSide() {
    this.side?.close();
    this.side = null;
    this.sideSlot.hidden = true;
    replace(this.sideSlot);
  }
}

async function start() {
  const root = document.getElementById('app');
  const api = createApi();
  const { user } = parseRoute(window.location.hash);
  const bootstrap = await api.bootstrap(user ? { user } : { team: recall('team') });
  if (bootstrap.ok) {
    new Workspace(api, createState(bootstrap)).start(root);
    return;
  }
  replace(root, h('p', { class: 'boot', role: 'status' }, 'Waiting for the workspace server…'));
  setTimeout(start, RETRY_BOOT_MS);
}

start();
