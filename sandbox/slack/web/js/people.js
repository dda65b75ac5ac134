// Avatars and the words beside a person's name.
import { h } from './dom.js';
import { icon } from './icons.js';
import { displayName, isApp } from './state.js';

const PALETTE = [
  '#0f766e',
  '#b45309',
  '#6d28d9',
  '#be185d',
  '#1d4ed8',
  '#4d7c0f',
  '#a21caf',
  '#0e7490',
  '#b91c1c',
  '#57534e',
];

function colourOf(user) {
  if (/^#?[0-9a-f]{6}$/i.test(user?.avatar_color ?? '')) return `#${user.avatar_color.replace('#', '')}`;
  const sum = [...(user?.id ?? '')].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return PALETTE[sum % PALETTE.length];
}

function initialsOf(name) {
  return (
    name
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 2)
      .map((word) => word[0])
      .join('')
      .toUpperCase() || '?'
  );
}

/** A square avatar: initials for people, the app's mark for the app. Decorative; names stand beside it. */
export function avatar(state, id, size = 36) {
  const style = { '--size': `${size}px` };
  if (isApp(state, id))
    return h('span', { class: 'avatar avatar-app', style, 'aria-hidden': 'true' }, appMark(state, size));
  const user = state.users.get(id);
  if (!user)
    return h('span', { class: 'avatar avatar-system', style, 'aria-hidden': 'true' }, icon('sparkle', size * 0.55));
  return h(
    'span',
    {
      class: user.kind === 'deactivated' ? 'avatar avatar-off' : 'avatar',
      style: { ...style, '--tint': colourOf(user) },
      'aria-hidden': 'true',
    },
    user.initials || initialsOf(displayName(state, id)),
  );
}

function appMark(state, size) {
  return h('span', { class: 'app-mark', style: { 'font-size': `${size * 0.5}px` } }, state.app.name.slice(0, 1));
}

const KIND_WORDS = {
  admin: 'Admin',
  member: 'Member',
  guest: 'Guest',
  external: 'External',
  deactivated: 'Deactivated',
  bot: 'App',
};

export function kindWords(user) {
  return KIND_WORDS[user.kind] ?? user.kind;
}

/** The badge beside a name where it matters: app, guest, another company, deactivated. */
export function nameBadge(state, id) {
  if (isApp(state, id)) return h('span', { class: 'badge badge-app' }, 'APP');
  const user = state.users.get(id);
  if (user?.kind === 'external') return h('span', { class: 'badge badge-external' }, user.team_name ?? 'External');
  if (user?.kind === 'guest') return h('span', { class: 'badge' }, 'Guest');
  if (user?.kind === 'deactivated') return h('span', { class: 'badge' }, 'Deactivated');
  return null;
}
