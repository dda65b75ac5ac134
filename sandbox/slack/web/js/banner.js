// The strip above the page: connection lost, or the app has not connected yet.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { spinner } from './popover.js';

const POLL_MS = 1500;

export function banner({ state, api }) {
  const node = h('div', { class: 'banner', role: 'status', hidden: true });
  let starting = state.app.connected === false;

  const draw = () => {
    node.hidden = state.online && !starting;
    node.classList.toggle('banner-warning', !state.online);
    replace(node, state.online ? startingWords(state.app.name) : lostWords());
  };
  const poll = async () => {
    const answer = await api.bootstrap();
    if (answer.ok) starting = answer.app.connected === false;
    draw();
    if (starting) setTimeout(poll, POLL_MS);
  };

  state.on('online', draw);
  if (starting) setTimeout(poll, POLL_MS);
  draw();
  return node;
}

function startingWords(name) {
  return [spinner('Starting'), `${name} is starting. Commands and buttons will answer once it has connected.`];
}

function lostWords() {
  return [icon('warning', 18), 'The connection to the workspace was lost. Trying again…'];
}
