// The floating list of a combobox: options in groups, or a note instead of them.
import { h, replace, uid } from './dom.js';
import { icon } from './icons.js';
import { float, place } from './popover.js';

export class Listbox {
  /** `box` is what the list hangs under, `input` the field that keeps the focus. */
  constructor({ label, multiple, box, input, isPicked, onPick, onClose }) {
    Object.assign(this, { box, input, isPicked, onPick, onClose });
    this.rows = [];
    this.active = -1;
    this.close = null;
    this.node = h('div', {
      class: 'listbox',
      role: 'listbox',
      id: uid('list'),
      'aria-label': label,
      'aria-multiselectable': multiple,
    });
    input.setAttribute('aria-controls', this.node.id);
  }

  get isOpen() {
    return this.close !== null;
  }

  get current() {
    return this.rows[this.active]?.option ?? null;
  }

  open() {
    if (this.isOpen) return;
    replace(this.node);
    this.input.setAttribute('aria-expanded', 'true');
    this.close = float(this.node, this.box, { matchWidth: true, onClose: () => this.closed() });
  }

  closed() {
    this.close = null;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
    this.onClose();
  }

  shut() {
    this.close?.();
  }

  note(...words) {
    this.rows = [];
    this.active = -1;
    this.input.removeAttribute('aria-activedescendant');
    replace(this.node, h('div', { class: 'listbox-note', role: 'presentation' }, words));
    this.settle();
  }

  show(options, { startAtPicked = true } = {}) {
    if (!options.length) {
      this.note('No results');
      return;
    }
    this.rows = options.map((option) => ({ option, node: this.row(option) }));
    replace(this.node, grouped(this.rows));
    const at = this.rows.findIndex((row) => this.isPicked(row.option));
    this.activate(startAtPicked ? Math.max(at, 0) : 0);
    this.settle();
  }

  row(option) {
    const picked = this.isPicked(option);
    return h(
      'div',
      {
        class: 'listbox-option',
        role: 'option',
        id: uid('option'),
        'aria-selected': picked,
        onpointerdown: (event) => event.preventDefault(),
        onpointermove: () => this.activate(this.rows.findIndex((row) => row.option === option)),
        onclick: () => this.onPick(option),
      },
      option.lead ?? null,
      h(
        'span',
        { class: 'listbox-words' },
        h('span', null, option.label),
        option.detail ? h('small', null, option.detail) : null,
      ),
      picked ? icon('check', 16) : null,
    );
  }

  activate(index) {
    this.rows[this.active]?.node.classList.remove('active');
    this.active = Math.max(0, Math.min(index, this.rows.length - 1));
    const node = this.rows[this.active]?.node;
    if (!node) return;
    node.classList.add('active');
    this.input.setAttribute('aria-activedescendant', node.id);
    node.scrollIntoView({ block: 'nearest' });
  }

  /** Use an arrow, Home or End; false when the key means nothing here. */
  onKey(event) {
    const moves = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      Home: 0,
      End: this.rows.length - 1,
    };
    if (!(event.key in moves) || event.shiftKey || !this.rows.length) return false;
    this.activate(moves[event.key]);
    return true;
  }

  settle() {
    if (this.isOpen) place(this.node, this.box, { matchWidth: true });
  }
}

function grouped(rows) {
  const nodes = [];
  let group = null;
  for (const { option, node } of rows) {
    const starts = option.group && option.group !== group;
    if (starts) nodes.push(h('div', { class: 'listbox-group', role: 'presentation' }, option.group));
    group = option.group;
    nodes.push(node);
  }
  return nodes;
}
