// The list of suggestions above the composer.
import { completionsFor } from './completion.js';
import { h, replace, uid } from './dom.js';

export class Suggestions {
  /** `area` is the text field; `taken()` is called after a suggestion was put into it. */
  constructor(state, area, taken) {
    this.state = state;
    this.area = area;
    this.taken = taken;
    this.offer = null;
    this.active = 0;
    const id = uid('complete');
    this.node = h('div', { class: 'completion', role: 'listbox', id, 'aria-label': 'Suggestions', hidden: true });
    area.setAttribute('aria-controls', id);
  }

  /** Offer what fits the text before the caret. */
  update() {
    const { area } = this;
    this.offer = document.activeElement === area ? completionsFor(this.state, area.value, area.selectionStart) : null;
    this.active = 0;
    this.draw();
  }

  close() {
    this.offer = null;
    this.draw();
  }

  draw() {
    this.node.hidden = !this.offer;
    this.area.removeAttribute('aria-activedescendant');
    if (!this.offer) return;
    const rows = this.offer.items.map((item, index) => this.row(item, index));
    replace(
      this.node,
      h(
        'div',
        { class: 'completion-title', role: 'presentation' },
        h('span', null, this.offer.kind),
        h('span', null, '↑↓ to move, Tab or Enter to choose'),
      ),
      rows,
    );
    this.area.setAttribute('aria-activedescendant', rows[this.active].id);
    rows[this.active].scrollIntoView({ block: 'nearest' });
  }

  row(item, index) {
    const on = index === this.active;
    return h(
      'div',
      {
        class: on ? 'completion-row active' : 'completion-row',
        role: 'option',
        id: `${this.node.id}-${index}`,
        'aria-selected': on,
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.take(item),
      },
      h('span', { class: 'completion-lead' }, item.lead),
      h(
        'span',
        { class: 'completion-words' },
        h(
          'span',
          null,
          h('strong', null, item.label),
          item.hint ? h('span', { class: 'muted' }, ` ${item.hint}`) : null,
        ),
        item.detail ? h('small', null, item.detail) : null,
      ),
    );
  }

  take(item) {
    const { area } = this;
    const rest = area.value.slice(area.selectionStart).replace(/^ /, '');
    const start = area.value.slice(0, this.offer.from) + item.insert;
    area.value = start + rest;
    area.setSelectionRange(start.length, start.length);
    this.close();
    area.focus();
    this.taken();
  }

  /** Use a key while the list is open; false when the key means nothing here. */
  onKey(event) {
    if (!this.offer) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.move(step);
    else if (this.chooses(event)) this.take(this.offer.items[this.active]);
    else if (event.key === 'Escape') this.close();
    else return false;
    return true;
  }

  move(step) {
    const count = this.offer.items.length;
    this.active = (this.active + step + count) % count;
    this.draw();
  }

  /** Tab and Enter choose; a command typed in full is sent by Enter, not completed again. */
  chooses(event) {
    if (event.shiftKey) return false;
    const whole = this.offer.kind === 'Commands' && this.area.value === this.offer.items[this.active].label;
    return event.key === 'Tab' || (event.key === 'Enter' && !whole);
  }
}
