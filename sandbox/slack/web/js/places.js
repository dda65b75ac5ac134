// What a conversation is called, and how it introduces itself.
import { h } from './dom.js';
import { icon } from './icons.js';
import { avatar, kindWords } from './people.js';
import { conversation, displayName } from './state.js';

/** {title, lead, topic, label, log, opening, mark, member, shared} of a channel, a person, or the app. */
export function wordsFor(state, id) {
  const found = conversation(state, id);
  return found?.type === 'channel' ? channelWords(found) : directWords(state, found);
}

function channelWords(channel) {
  const glyph = channel.is_private ? 'lock' : 'hash';
  return {
    title: channel.name,
    lead: icon(glyph, 20),
    mark: icon(glyph, 24),
    topic: channel.topic,
    label: `Message #${channel.name}`,
    log: `Messages in #${channel.name}`,
    opening: `This is the very beginning of #${channel.name}.`,
    member: channel.is_member,
    shared: channel.is_ext_shared,
  };
}

function directWords(state, found) {
  const other = found?.type === 'app' ? state.app.bot_user_id : found?.user;
  const name = displayName(state, other) ?? 'Conversation';
  const user = state.users.get(other);
  return {
    title: name,
    lead: avatar(state, other, 26),
    mark: avatar(state, other, 48),
    topic: found?.type === 'app' || !user ? state.app.description : user.title || kindWords(user),
    label: `Message ${name}`,
    log: `Messages with ${name}`,
    opening: `This is the beginning of your conversation with ${name}.`,
    member: Boolean(found),
  };
}

/** The head of an empty or fully shown conversation. */
export function introOf(words, app) {
  const hint = [' Type ', h('kbd', null, '/'), ` to see what ${app.name} can do.`];
  return h(
    'div',
    { class: 'intro' },
    h('div', { class: 'intro-mark' }, words.mark),
    h('h2', null, words.title),
    h('p', null, words.opening, words.member && app.installed !== false ? hint : null),
  );
}
