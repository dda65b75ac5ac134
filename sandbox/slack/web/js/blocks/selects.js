// Selects of every kind, single and multiple, on the one combobox.
import { Combobox } from '../combobox.js';
import { avatar, kindWords } from '../people.js';
import { displayName, isApp } from '../state.js';
import { icon } from '../icons.js';
import { words } from './text.js';

const SUGGEST_WAIT_MS = 200;

/** Where the options of a type come from, and how a chosen one is written into the state. */
const SOURCES = {
  static: { read: fromOption, write: (option) => option.value, make: staticOptions },
  external: { read: fromOption, write: (option) => option.value, make: externalOptions },
  users: {
    read: (id, env) => person(id, env),
    write: (option) => option.key,
    make: (element, env) => local(people(element, env)),
  },
  channels: {
    read: (id, env) => channel(id, env),
    write: (option) => option.key,
    make: (element, env) => local(channels(env, true)),
  },
  conversations: {
    read: (id, env) => channel(id, env) ?? directMessage(id, env),
    write: (option) => option.key,
    make: (element, env) => local(conversations(element, env)),
  },
};

export function select(element, env) {
  const multiple = element.type.startsWith('multi_');
  const source = SOURCES[element.type.replace(/^multi_/, '').replace(/_select$/, '')];
  const current = env.slot.get() ?? startingValue(element, env) ?? [];
  const chosen = (Array.isArray(current) ? current : [current]).map((value) => source.read(value, env)).filter(Boolean);
  const combo = new Combobox({
    label: env.label || words(element.placeholder) || 'Select an option',
    placeholder: words(element.placeholder) || 'Select an option',
    chosen,
    multiple,
    max: element.max_selected_items,
    clearable: env.optional,
    required: env.required,
    load: source.make(element, env),
    wait: element.type.endsWith('external_select') ? SUGGEST_WAIT_MS : 0,
    describedBy: env.describedBy,
    onChange: (options) =>
      env.changed(multiple ? options.map(source.write) : options.length ? source.write(options[0]) : null),
  });
  return combo.node;
}

/** conversations_select may start at the conversation the modal was opened from. */
function startingValue(element, env) {
  const here = element.default_to_current_conversation ? env.surface.currentConversation?.() : null;
  if (!here) return null;
  const value = element.type.startsWith('multi_') ? [here] : here;
  env.slot.set(value);
  return value;
}

function fromOption(option) {
  return option
    ? {
        key: option.value,
        label: words(option.text),
        detail: option.description ? words(option.description) : null,
        value: option,
      }
    : null;
}

function matches(query) {
  const wanted = query.trim().toLowerCase();
  return (option) =>
    !wanted || `${option.label} ${option.detail ?? ''} ${option.group ?? ''}`.toLowerCase().includes(wanted);
}

function local(options) {
  return (query) => ({ options: options.filter(matches(query)) });
}

function flatten(element) {
  const groups = element.option_groups;
  if (!groups) return (element.options ?? []).map(fromOption);
  return groups.flatMap((group) =>
    (group.options ?? []).map((option) => ({ ...fromOption(option), group: words(group.label) })),
  );
}

function staticOptions(element) {
  return local(flatten(element));
}

function externalOptions(element, env) {
  const min = element.min_query_length ?? 3;
  return (query) => {
    if (query.trim().length < min)
      return { hint: `Type ${min === 1 ? 'a letter' : `${min} or more letters`} to search` };
    return env.surface.suggest(env.block, element, query.trim()).then((answer) => ({ options: flatten(answer ?? {}) }));
  };
}

function person(id, { surface }) {
  const user = surface.state.users.get(id);
  if (!user) return null;
  return {
    key: id,
    label: displayName(surface.state, id),
    detail: user.title || kindWords(user),
    lead: avatar(surface.state, id, 24),
  };
}

function people(element, env) {
  return [...env.surface.state.users.values()]
    .filter((user) => user.kind !== 'deactivated' && user.kind !== 'bot')
    .map((user) => person(user.id, env));
}

function channel(id, { surface }) {
  const found = surface.state.conversations.channels.find((item) => item.id === id);
  return found
    ? {
        key: id,
        label: `#${found.name}`,
        detail: found.is_ext_shared ? 'Shared with another company' : null,
        lead: icon(found.is_private ? 'lock' : 'hash', 16),
      }
    : null;
}

function channels(env, publicOnly) {
  const all = env.surface.state.conversations.channels;
  return all.filter((item) => !publicOnly || !item.is_private).map((item) => channel(item.id, env));
}

/** Direct messages, the one with the app among them. */
function directMessages({ surface }) {
  const { ims, app_im: appIm } = surface.state.conversations;
  return appIm ? [...ims, { id: appIm.id, user: surface.state.app.bot_user_id }] : ims;
}

function directMessage(id, env) {
  const im = directMessages(env).find((item) => item.id === id);
  const other = im ? person(im.user, env) : null;
  return other ? { ...other, key: id } : null;
}

function conversations(element, env) {
  const filter = element.filter ?? {};
  const wanted = (kind) => !filter.include || filter.include.includes(kind);
  const rooms = env.surface.state.conversations.channels
    .filter((item) => wanted(item.is_private ? 'private' : 'public'))
    .filter((item) => !(filter.exclude_external_shared_channels && item.is_ext_shared))
    .map((item) => channel(item.id, env));
  const ims = directMessages(env)
    .filter((im) => wanted('im') && !(filter.exclude_bot_users && isApp(env.surface.state, im.user)))
    .map((im) => directMessage(im.id, env));
  return [...rooms, ...ims].filter(Boolean);
}
