// The member switcher: whoever evaluates the product can be anyone in the company.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { avatar, kindWords } from './people.js';
import { float } from './popover.js';
import { conversation, displayName } from './state.js';

const GROUPS = [
  ['Your company', (user) => user.kind === 'admin' || user.kind === 'member'],
  ['Guests and other companies', (user) => user.kind === 'guest' || user.kind === 'external'],
  ['Deactivated', (user) => user.kind === 'deactivated'],
];

function roleWords(user) {
  const company = user.kind === 'external' && !user.title?.includes(user.team_name) ? user.team_name : null;
  return [user.title, company].filter(Boolean).join(' · ') || kindWords(user);
}

export function memberSwitcher(state) {
  const button = h('button', {
    type: 'button',
    class: 'switcher',
    'aria-haspopup': 'listbox',
    'aria-expanded': 'false',
    onclick: () => open(state, button),
  });
  const draw = () => {
    const { viewer } = state;
    button.setAttribute(
      'aria-label',
      `Playing as ${displayName(state, viewer.id)}, ${roleWords(viewer)}. Switch member`,
    );
    replace(
      button,
      avatar(state, viewer.id, 36),
      h(
        'span',
        { class: 'switcher-words' },
        h('small', null, 'Playing as'),
        h('strong', null, displayName(state, viewer.id)),
        h('span', null, roleWords(viewer)),
      ),
      icon('updown', 18),
    );
  };
  state.on('viewer', draw);
  return button;
}

function open(state, anchor) {
  const rows = [];
  const list = h('div', {
    class: 'switch-list',
    role: 'listbox',
    'aria-label': 'Members',
    tabindex: '-1',
    onkeydown: (event) => onKey(event),
  });
  for (const [title, belongs] of GROUPS) {
    const people = [...state.users.values()].filter(belongs);
    if (!people.length) continue;
    list.append(h('div', { class: 'listbox-group', role: 'presentation' }, title));
    for (const user of people) list.append(row(user));
  }
  anchor.setAttribute('aria-expanded', 'true');
  const close = float(list, anchor, {
    matchWidth: true,
    onClose: (why) => {
      anchor.setAttribute('aria-expanded', 'false');
      if (why !== 'outside') anchor.focus();
    },
  });
  (rows.find((node) => node.getAttribute('aria-selected') === 'true') ?? rows[0])?.focus();

  function row(user) {
    const off = user.kind === 'deactivated';
    const node = h(
      'div',
      {
        role: 'option',
        class: 'switch-row',
        tabindex: '-1',
        'aria-selected': user.id === state.viewer.id,
        'aria-disabled': off,
        'aria-label': `${displayName(state, user.id)}, ${roleWords(user)}, ${kindWords(user)}`,
        title: off ? 'A deactivated member cannot sign in.' : null,
        onclick: () => {
          if (!off) play(user);
        },
      },
      avatar(state, user.id, 34),
      h(
        'span',
        { class: 'switch-words' },
        h('strong', null, displayName(state, user.id)),
        h('span', null, roleWords(user)),
      ),
      h('span', { class: `badge badge-${user.kind}` }, kindWords(user)),
    );
    if (!off) rows.push(node);
    return node;
  }

  function play(user) {
    close();
    const stays = state.route.kind === 'channel' && conversation(state, state.route.channel)?.type === 'channel';
    const place = stays ? `/${state.route.channel}` : state.route.kind === 'app' ? `/app/${state.route.tab}` : '';
    window.location.hash = `#/${user.id}${place}`;
  }

  function onKey(event) {
    const at = rows.indexOf(document.activeElement);
    const next = {
      ArrowDown: rows[at + 1] ?? rows[0],
      ArrowUp: rows[at - 1] ?? rows.at(-1),
      Home: rows[0],
      End: rows.at(-1),
    }[event.key];
    if (next) {
      event.preventDefault();
      next.focus();
    }
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      document.activeElement.click();
    }
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      close('escape');
    }
  }
}
