// What the page knows: who is looking, where, and what the server said. Changes are announced by name.

/** An address of the page: `#/U…/C…[/thread ts]` or `#/U…/app/home|messages|about`. */
export function parseRoute(hash) {
  const [user, place, detail] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (place === 'app') return { user, kind: 'app', tab: detail || 'home' };
  if (place) return { user, kind: 'channel', channel: place, thread: detail || null };
  return { user: user || null, kind: 'none' };
}

export function formatRoute(route) {
  if (route.kind === 'app') return `#/${route.user}/app/${route.tab}`;
  if (route.kind === 'channel') return `#/${route.user}/${route.channel}${route.thread ? `/${route.thread}` : ''}`;
  return `#/${route.user}`;
}

/** The place behind a permalink of this workspace (`https://<domain>.slack.com/archives/C…/p…`), or null. */
export function placeOf(href, team) {
  const url = href && URL.canParse(href) ? new URL(href) : null;
  if (url?.hostname !== `${team.domain}.slack.com`) return null;
  const channel = /^\/archives\/([A-Z0-9]+)\//.exec(url.pathname)?.[1];
  return channel ? { channel, thread: url.searchParams.get('thread_ts') } : null;
}

/** A value that was remembered in this browser, or null. */
export function recall(key) {
  try {
    return localStorage.getItem(`workspace.${key}`);
  } catch {
    return null;
  }
}

export function remember(key, value) {
  try {
    localStorage.setItem(`workspace.${key}`, value);
  } catch {
    /* private windows may refuse */
  }
}

/** The page's state: bootstrap data, the viewer's conversations, and listeners. */
export function createState(bootstrap) {
  const events = new EventTarget();
  const users = new Map(bootstrap.users.map((user) => [user.id, user]));
  const state = {
    ...bootstrap,
    users,
    viewer: null,
    route: { kind: 'none' },
    conversations: { channels: [], ims: [], app_im: null },
    channelNames: new Map(),
    online: true,
    on(name, listener) {
      const wrapped = (event) => listener(event.detail);
      events.addEventListener(name, wrapped);
      return () => events.removeEventListener(name, wrapped);
    },
    emit(name, detail) {
      events.dispatchEvent(new CustomEvent(name, { detail }));
    },
  };
  return state;
}

export function setConversations(state, conversations) {
  state.conversations = { channels: [], ims: [], app_im: null, ...conversations };
  for (const channel of state.conversations.channels) state.channelNames.set(channel.id, channel.name);
  state.emit('conversations');
}

/** The names a renderer needs, for the member who is looking. */
export function namesOf(state) {
  return {
    viewer: state.viewer?.id,
    tz: state.viewer?.tz,
    user: (id) => displayName(state, id),
    channel: (id) => state.channelNames.get(id) ?? null,
    group: (id) => state.user_groups?.find((item) => item.id === id)?.handle ?? null,
  };
}

export function isApp(state, id) {
  return id === state.app.bot_user_id || id === state.app.bot_id;
}

export function displayName(state, id) {
  if (isApp(state, id)) return state.app.name;
  const user = state.users.get(id);
  return user ? user.real_name || user.name : null;
}

/** The app's shortcuts of a kind (`global`, `message`) for whoever has the app. */
export function shortcutsOf(state, type) {
  if (!state.conversations.app_im) return [];
  return (state.shortcuts ?? []).filter((shortcut) => shortcut.type === type);
}

/** Where a conversation id points to: a channel, a person, or the app. */
export function conversation(state, id) {
  const channel = state.conversations.channels.find((item) => item.id === id);
  if (channel) return { type: 'channel', ...channel };
  if (state.conversations.app_im?.id === id) return { type: 'app', ...state.conversations.app_im };
  const im = state.conversations.ims.find((item) => item.id === id);
  return im ? { type: 'im', ...im } : null;
}
