// The member switcher: whoever evaluates the product can be anyone in the company.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { avatar, kindWords } from './people.js';
import { float } from './popover.js';
import { conversation, displayName, formatRoute } from './state.js';

const GROUPS = [
  ['Your company', ['admin', 'member']],
  ['Guests and other companies', ['guest', 'external']],
  ['Deactivated', ['deactivated']],
];

function roleWords(user) {
  const company = user.kind === 'external' && !user.title?.includes(user.team_name) ? user.team_name : null;
  return [user.title, company].filter(Boolean).join(' · ') || kindWords(user);
}

/** The button that says who is being played, and opens the list of members. */
export function memberSwitcher(state) {
  const button = h('button', {
    type: 'button',
    class: 'switcher',
    'aria-haspopup': 'listbox',
    'aria-expanded': 'false',
    onclick: () => new MemberList(state, button),
  });
  state.on('viewer', () => {
    const name = displayName(state, state.viewer.id);
    const role = roleWords(state.viewer);
    button.setAttribute('aria-label', `Playing as ${name}, ${role}. Switch member`);
    const words = [h('small', null, 'Playing as'), h('strong', null, name), h('span', null, role)];
    replace(
      button,
      avatar(state, state.viewer.id, 36),
      h('span', { class: 'switcher-words' }, words),
      icon('updown', 18),
    );
  });
  return button;
}

class MemberList {
  constructor(state, anchor) {
    this.state = state;
    this.rows = [];
    this.node = h('div', {
      class: 'switch-list',
      role: 'listbox',
      'aria-label': 'Members',
      tabindex: '-1',
      onkeydown: (event) => this.onKey(event),
    });
    for (const [title, kinds] of GROUPS) this.group(title, kinds);
    anchor.setAttribute('aria-expanded', 'true');
    this.close = float(this.node, anchor, {
      matchWidth: true,
      onClose: (why) => {
        anchor.setAttribute('aria-expanded', 'false');
        if (why !== 'outside') anchor.focus();
      },
    });
    (this.rows.find((row) => row.getAttribute('aria-selected') === 'true') ?? this.rows[0])?.focus();
  }

  group(title, kinds) {
    const people = [...this.state.users.values()].filter((user) => kinds.includes(user.kind));
    if (!people.length) return;
    this.node.append(h('div', { class: 'listbox-group', role: 'presentation' }, title));
    for (const user of people) this.node.append(this.row(user));
  }

  row(user) {
    const { state } = this;
    const off = user.kind === 'deactivated';
    const name = displayName(state, user.id);
    const props = {
      role: 'option',
      class: 'switch-row',
      tabindex: '-1',
      'aria-selected': user.id === state.viewer.id,
      'aria-disabled': off,
      'aria-label': `${name}, ${roleWords(user)}, ${kindWords(user)}`,
      title: off ? 'A deactivated member cannot sign in.' : null,
      onclick: () => off || this.play(user),
    };
    const words = h('span', { class: 'switch-words' }, h('strong', null, name), h('span', null, roleWords(user)));
    const badge = h('span', { class: `badge badge-${user.kind}` }, kindWords(user));
    const node = h('div', props, avatar(state, user.id, 34), words, badge);
    if (!off) this.rows.push(node);
    return node;
  }

  /** Become this member, in the same place where that is possible. */
  play(user) {
    const { state } = this;
    this.close();
    const { route } = state;
    const stays = route.kind === 'app' || conversation(state, route.channel)?.type === 'channel';
    window.location.hash = formatRoute(stays ? { ...route, user: user.id, thread: null } : { user: user.id });
  }

  onKey(event) {
    const { rows } = this;
    const at = rows.indexOf(document.activeElement);
    const moves = {
      ArrowDown: rows[at + 1] ?? rows[0],
      ArrowUp: rows[at - 1] ?? rows.at(-1),
      Home: rows[0],
      End: rows.at(-1),
    };
    const uses = [...Object.keys(moves), 'Enter', ' ', 'Escape', 'Tab'];
    if (!uses.includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key in moves) moves[event.key].focus();
    else if (event.key === 'Enter' || event.key === ' ') document.activeElement.click();
    else this.close('escape');
  }
}
