// A menu of actions under a button: arrows, Home, End, first letters, Enter, Escape.
import { h } from './dom.js';
import { icon } from './icons.js';
import { float } from './popover.js';

/**
 * Open a menu beside `anchor`.
 * Items: {label, detail?, icon?, danger?, onpick} or {heading} or {separator: true}.
 */
export function openMenu(anchor, items, { label, align = 'end' } = {}) {
  const list = h('div', { class: 'menu', role: 'menu', 'aria-label': label, onkeydown: (event) => onKey(event) });
  const buttons = [];
  for (const item of items) list.append(row(item));
  anchor.setAttribute('aria-expanded', 'true');
  const close = float(list, anchor, {
    align,
    onClose: (why) => {
      anchor.setAttribute('aria-expanded', 'false');
      if (why !== 'outside') anchor.focus();
    },
  });
  buttons[0]?.focus();

  function row(item) {
    if (item.separator) return h('hr', { class: 'menu-line' });
    if (item.heading) return h('div', { class: 'menu-heading', role: 'presentation' }, item.heading);
    const button = h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: '-1',
        class: item.danger ? 'menu-item danger' : 'menu-item',
        onclick: () => {
          close();
          item.onpick();
        },
      },
      item.icon ? icon(item.icon, 18) : null,
      h(
        'span',
        { class: 'menu-words' },
        h('span', null, item.label),
        item.detail ? h('small', null, item.detail) : null,
      ),
    );
    buttons.push(button);
    return button;
  }

  function onKey(event) {
    const at = buttons.indexOf(document.activeElement);
    const target =
      {
        ArrowDown: buttons[(at + 1) % buttons.length],
        ArrowUp: buttons[(at - 1 + buttons.length) % buttons.length],
        Home: buttons[0],
        End: buttons.at(-1),
      }[event.key] ?? byLetter(event.key, at);
    if (target) {
      event.preventDefault();
      target.focus();
    }
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      close('escape');
    }
  }

  function byLetter(key, at) {
    if (key.length !== 1) return null;
    const order = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
    return order.find((button) => button.textContent.toLowerCase().startsWith(key.toLowerCase()));
  }
  return close;
}
