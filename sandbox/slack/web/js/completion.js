// What the composer offers while typing: commands, people, channels, emoji.
import { emojiStartingWith } from './emoji.js';
import { avatar, kindWords } from './people.js';
import { icon } from './icons.js';
import { displayName } from './state.js';

const LIMIT = 10;

/** Commands the workspace itself understands. */
export const BUILT_IN = [
  { command: '/invite', description: 'Add a member or the app to this channel', usage_hint: '@name', member: true },
  {
    command: '/remove',
    description: 'Remove a member or the app from this channel',
    usage_hint: '@name',
    member: false,
  },
];

export function commandsOf(state) {
  const offered = state.conversations.app_im ? (state.commands ?? []) : [];
  return [...offered, ...BUILT_IN];
}

/** The command a text begins with, or null. */
export function commandIn(text) {
  return /^\/\S*/.exec(text)?.[0] ?? null;
}

/** What to offer for `text` with the caret at `caret`: {kind, from, items} or null. */
export function completionsFor(state, text, caret) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before)) return offer('Commands', 0, commandItems(state, before));
  const word = /(?:^|\s)([@#:])([^\s@#:]*)$/.exec(before);
  if (!word) return null;
  const [, sign, typed] = word;
  const from = caret - typed.length - 1;
  if (sign === '@') return offer('People', from, peopleItems(state, typed));
  if (sign === '#') return offer('Channels', from, channelItems(state, typed));
  return typed.length >= 2 ? offer('Emoji', from, emojiItems(typed)) : null;
}

function offer(kind, from, items) {
  return items.length ? { kind, from, items: items.slice(0, LIMIT) } : null;
}

function commandItems(state, typed) {
  return commandsOf(state)
    .filter((item) => item.command.startsWith(typed.toLowerCase()))
    .map((item) => ({
      label: item.command,
      hint: item.usage_hint ?? '',
      detail: item.description,
      insert: `${item.command} `,
      lead: item.member === undefined ? avatar(state, state.app.bot_user_id, 28) : avatar(state, null, 28),
    }));
}

function peopleItems(state, typed) {
  const wanted = typed.toLowerCase();
  const app = { id: state.app.bot_user_id, kind: 'bot', name: state.app.name };
  return [app, ...[...state.users.values()].filter((user) => user.kind !== 'deactivated' && user.id !== app.id)]
    .map((user) => ({ user, label: displayName(state, user.id) }))
    .filter(({ user, label }) =>
      label
        .toLowerCase()
        .split(/\s+/)
        .concat(label.toLowerCase(), user.name ?? '')
        .some((part) => part.startsWith(wanted)),
    )
    .map(({ user, label }) => ({
      label,
      detail: user.title || kindWords(user),
      insert: `@${label} `,
      lead: avatar(state, user.id, 28),
    }));
}

function channelItems(state, typed) {
  return state.conversations.channels
    .filter((channel) => channel.name.startsWith(typed.toLowerCase()))
    .map((channel) => ({
      label: `#${channel.name}`,
      insert: `#${channel.name} `,
      lead: icon(channel.is_private ? 'lock' : 'hash', 18),
    }));
}

function emojiItems(typed) {
  return emojiStartingWith(typed).map(([name, picture]) => ({
    label: `:${name}:`,
    insert: `${picture} `,
    lead: picture,
  }));
}

/** Names a person typed become the mentions Slack stores; longest names first, so that none hides another. */
export function withMentions(state, text) {
  const people = [
    [state.app.name, state.app.bot_user_id],
    ...[...state.users.values()].map((user) => [displayName(state, user.id), user.id]),
  ];
  const pairs = [
    ...people.map(([name, id]) => [`@${name}`, `<@${id}>`]),
    ...state.conversations.channels.map((channel) => [`#${channel.name}`, `<#${channel.id}|${channel.name}>`]),
  ];
  return pairs
    .sort(([one], [other]) => other.length - one.length)
    .reduce(
      (result, [typed, stored]) =>
        result
          .split(typed)
          .map((part, index) => (index && /^[\p{L}\p{N}]/u.test(part) ? typed : index ? stored : '') + part)
          .join(''),
      text,
    );
}
