// Short notices at the corner: a message elsewhere, or an error that belongs to no visible control.
import { h } from './dom.js';
import { icon } from './icons.js';

const SHOWN_MS = 7000;

export function toast({ title, text, tone = 'plain', onopen }) {
  const close = () => node.remove();
  const words = [h('strong', null, title), text ? h('span', { class: 'toast-text' }, text) : null];
  const node = h(
    'div',
    { class: `toast toast-${tone}` },
    tone === 'error' ? icon('error') : icon('bell'),
    onopen
      ? h(
          'button',
          {
            type: 'button',
            class: 'toast-words',
            onclick: () => {
              close();
              onopen();
            },
          },
          words,
        )
      : h('div', { class: 'toast-words' }, words),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Dismiss', onclick: close }, icon('close', 16)),
  );
  document.getElementById('toasts').append(node);
  setTimeout(close, SHOWN_MS);
}
