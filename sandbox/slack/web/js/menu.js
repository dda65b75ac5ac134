// A menu of actions under a button: arrows, Home, End, first letters, Enter, Escape.
import { h } from './dom.js';
import { icon } from './icons.js';
import { float } from './popover.js';

class Menu {
  constructor(anchor, items, { label, align }) {
    this.buttons = [];
    this.node = h('div', { class: 'menu', role: 'menu', 'aria-label': label, onkeydown: (event) => this.onKey(event) });
    for (const item of items) this.node.append(this.row(item));
    anchor.setAttribute('aria-expanded', 'true');
    this.close = float(this.node, anchor, {
      align,
      onClose: (why) => {
        anchor.setAttribute('aria-expanded', 'false');
        if (why !== 'outside') anchor.focus();
      },
    });
    this.buttons[0]?.focus();
  }

  row(item) {
    if (item.heading) return h('div', { class: 'menu-heading', role: 'presentation' }, item.heading);
    const pick = () => {
      this.close();
      item.onpick();
    };
    const detail = item.detail ? h('small', null, item.detail) : null;
    const button = h(
      'button',
      { type: 'button', role: 'menuitem', tabindex: '-1', class: 'menu-item', onclick: pick },
      item.icon ? icon(item.icon, 18) : null,
      h('span', { class: 'menu-words' }, h('span', null, item.label), detail),
    );
    this.buttons.push(button);
    return button;
  }

  onKey(event) {
    const { buttons } = this;
    const at = buttons.indexOf(document.activeElement);
    const target =
      {
        ArrowDown: buttons[(at + 1) % buttons.length],
        ArrowUp: buttons[(at - 1 + buttons.length) % buttons.length],
        Home: buttons[0],
        End: buttons.at(-1),
      }[event.key] ?? this.byLetter(event.key, at);
    const closes = event.key === 'Escape' || event.key === 'Tab';
    if (!target && !closes) return;
    event.preventDefault();
    event.stopPropagation();
    if (closes) this.close('escape');
    else target.focus();
  }

  byLetter(key, at) {
    if (key.length !== 1 || key === ' ') return null;
    const order = [...this.buttons.slice(at + 1), ...this.buttons.slice(0, at + 1)];
    return order.find((button) => button.textContent.toLowerCase().startsWith(key.toLowerCase()));
  }
}

/** Open a menu beside `anchor`. Items: {label, detail?, icon?, onpick} or {heading}. */
export function openMenu(anchor, items, { label, align = 'end' } = {}) {
  return new Menu(anchor, items, { label, align });
}
