// The workspace switcher: every workspace of this server; in each one other people are played.
import { confirmed } from './dialog.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { remember } from './state.js';

/** The name of the workspace; a button where there is more than one. */
export function teamSwitcher(state) {
  const name = h('strong', null, state.team.name);
  const teams = state.teams ?? [];
  if (teams.length < 2) return h('div', { class: 'brand-words' }, name, h('span', null, 'Workspace'));
  const button = h(
    'button',
    {
      type: 'button',
      class: 'brand-words brand-switch',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `Workspace ${state.team.name}. Switch workspace`,
      onclick: () => openMenu(button, teams.map((team) => item(state, team)), { label: 'Workspaces', align: 'start' }),
    },
    h('span', { class: 'brand-line' }, name, icon('updown', 15)),
    h('span', null, 'Workspace'),
  );
  return button;
}

function item(state, team) {
  const here = team.id === state.team.id;
  const app = team.installed ? `${state.app.name} is installed` : `${state.app.name} is not installed`;
  return { label: team.name, detail: app, icon: here ? 'check' : null, onpick: () => here || enter(team.id) };
}

/** Show another workspace, as whoever was played there last. */
function enter(team) {
  remember('team', team);
  window.location.hash = '';
  window.location.reload();
}

/** What the About tab says of the installation; an admin can end it. */
export function installation({ state, api }) {
  const admin = state.viewer.kind === 'admin';
  const note = h('p', { class: 'muted', role: 'status' }, `Installed in ${state.team.name}.`);
  const uninstall = async () => {
    const { team, app } = state;
    const sure = {
      title: `Uninstall ${app.name}?`,
      text: `${app.name} leaves ${team.name}. Its token there ends.`,
      confirm: 'Uninstall',
      deny: 'Cancel',
      style: 'danger',
    };
    if (!(await confirmed(sure, (words) => words))) return;
    const answer = await api.uninstall(state.team.id);
    if (!answer.ok) replace(note, answer.message);
  };
  const button = h('button', { type: 'button', class: 'btn btn-danger', onclick: uninstall }, 'Uninstall');
  return h('section', null, h('h2', null, 'Installation'), note, admin ? button : null);
}
