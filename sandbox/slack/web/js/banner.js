// The strip above the page: connection lost, or the app has not connected yet.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { spinner } from './popover.js';

const POLL_MS = 1500;

export function banner(app) {
  const { state, api } = app;
  const node = h('div', { class: 'banner', role: 'status', hidden: true });
  let starting = state.app.connected === false;

  const draw = () => {
    node.hidden = state.online && !starting;
    node.classList.toggle('banner-warning', !state.online);
    if (!state.online) replace(node, icon('warning', 18), 'The connection to the workspace was lost. Trying again…');
    else if (starting)
      replace(
        node,
        spinner('Starting'),
        `${state.app.name} is starting. Commands and buttons will answer once it has connected.`,
      );
  };

  const poll = async () => {
    const answer = await api.bootstrap();
    starting = answer.ok ? answer.app.connected === false : starting;
    draw();
    if (starting) setTimeout(poll, POLL_MS);
  };

  state.on('online', draw);
  if (starting) setTimeout(poll, POLL_MS);
  draw();
  return {
    node,
    appGone: () => {
      if (!starting && state.app.connected !== undefined) {
        starting = true;
        draw();
        poll();
      }
    },
  };
}
