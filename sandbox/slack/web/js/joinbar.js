// What stands in the composer's place in a channel the member has not joined.
import { h } from './dom.js';
import { errorWords } from './errors.js';

export function joinBar({ state, api, rejoin }, channel, title) {
  const note = h('span', { class: 'muted' }, 'You are looking at ', h('strong', null, `#${title}`), ' as a visitor.');
  const join = async () => {
    const answer = await api.membership({ user: state.viewer.id, channel, member: true });
    if (answer.ok) await rejoin();
    else note.textContent = errorWords(answer);
  };
  return h(
    'div',
    { class: 'join' },
    note,
    h('button', { type: 'button', class: 'btn btn-primary', onclick: join }, 'Join channel'),
  );
}
