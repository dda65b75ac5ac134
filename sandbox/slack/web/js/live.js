// Live events, each to the part of the page that shows it.
import { errorWords } from './errors.js';
import { mrkdwn } from './mrkdwn.js';
import { conversation, displayName, formatRoute, namesOf } from './state.js';
import { toast } from './toast.js';

const CALLER_SHOWS_MS = 600;
const VIEW_EVENTS = new Set(['view_opened', 'view_pushed', 'view_updated', 'view_closed']);

/** Take one event of the stream. */
export function onEvent(app, event) {
  if (VIEW_EVENTS.has(event.type)) app.showStack(event.stack);
  else (HANDLERS[event.type] ?? onMessageEvent)(app, event);
}

const HANDLERS = {
  reset: () => window.location.reload(),
  app_changed: () => window.location.reload(),
  members_changed: (app) => app.renewMembers(),
  view_errors: (app, event) => app.modals.errors(event.view_id, event.errors),
  home_published: (app, event) => app.page?.show?.(event.view),
  app_error: onAppError,
  unread: onUnread,
};

function onMessageEvent(app, event) {
  const here = app.page?.feed?.apply(event);
  app.side?.feed.apply(event);
  if (event.type === 'message' && !here) elsewhere(app, event.message);
}

/** The caller of a failed request shows it; what nobody shows becomes a toast. */
function onAppError({ api, state }, event) {
  state.emit('app_error');
  setTimeout(() => {
    if (api.saidRecently(event.error)) return;
    toast({ tone: 'error', title: `${state.app.name} had a problem`, text: errorWords(event) });
  }, CALLER_SHOWS_MS);
}

function onUnread(app, { channel, unread, mentions }) {
  const { state } = app;
  const { channels, ims, app_im: appIm } = state.conversations;
  const known = [...channels, ...ims, appIm].find((item) => item?.id === channel);
  if (!known) {
    app.refreshSoon();
    return;
  }
  // What is on the screen is read.
  const open = app.page?.channel === channel && !document.hidden;
  Object.assign(known, open ? { unread: 0, mentions: 0 } : { unread, mentions });
  state.emit('conversations');
}

/** A message in a conversation that is not open: a toast when it is for this member. */
function elsewhere(app, message) {
  const { state } = app;
  app.refreshSoon();
  const found = conversation(state, message.channel);
  const loud = found?.type !== 'channel' || message.text?.includes(`<@${state.viewer.id}>`);
  if (!loud || message.user === state.viewer.id || message.thread_ts) return;
  const user = state.viewer.id;
  const place =
    found?.type === 'app' ? { kind: 'app', tab: 'messages' } : { kind: 'channel', channel: message.channel };
  toast({
    title: displayName(state, message.user ?? message.bot_id) ?? state.app.name,
    text: plain(state, message.text ?? ''),
    onopen: () => {
      window.location.hash = formatRoute({ user, ...place });
    },
  });
}

/** Notification text: the message's own words, as this member would read them. */
function plain(state, text) {
  const nodes = mrkdwn(text, namesOf(state));
  return nodes
    .map((node) => node.textContent ?? node)
    .join('')
    .slice(0, 160);
}
