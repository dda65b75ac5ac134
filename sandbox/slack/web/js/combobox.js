// A select that can be typed into: single or several choices, local or asked-for options.
import { arrange, debounce, h } from './dom.js';
import { icon } from './icons.js';
import { Listbox } from './listbox.js';
import { spinner } from './popover.js';

/**
 * Options are {key, label, detail?, group?, lead?, value}.
 * `load(query)` gives {options} or {hint}, or a promise of them; `onChange(options)` gets what is chosen.
 */
export class Combobox {
  constructor({ label, placeholder, chosen, multiple = false, load, onChange, ...rest }) {
    Object.assign(this, { label, placeholder, multiple, load, onChange });
    this.max = rest.max ?? Infinity;
    this.clearable = Boolean(rest.clearable) && !multiple;
    this.picked = [...chosen];
    this.asked = 0;
    this.ask = rest.wait ? debounce((query) => this.fetch(query), rest.wait) : (query) => this.fetch(query);
    this.input = this.makeInput(rest);
    this.node = h('div', {
      class: multiple ? 'combo combo-multi' : 'combo',
      onpointerdown: (event) => this.onBoxPress(event),
    });
    this.list = new Listbox({
      label,
      multiple,
      box: this.node,
      input: this.input,
      isPicked: (option) => this.picked.some((item) => item.key === option.key),
      onPick: (option) => this.choose(option),
      onClose: () => this.draw(),
    });
    this.draw();
  }

  makeInput({ describedBy, required }) {
    return h('input', {
      type: 'text',
      class: 'combo-input',
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-label': this.label,
      'aria-expanded': 'false',
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-describedby': describedBy,
      'aria-required': required ? 'true' : null,
      onclick: () => this.openAll(),
      onkeydown: (event) => this.onKey(event),
      onblur: () => this.leave(),
      oninput: () => this.typed(),
    });
  }

  draw() {
    const chips = this.multiple ? this.picked.map((option) => this.chip(option)) : [];
    const clear = this.clearable && this.picked.length ? [this.clearButton()] : [];
    // Arranged, not replaced: the input must not leave the page, or it would lose the focus.
    arrange(this.node, [...chips, this.input, ...clear, icon('down', 18)]);
    this.input.placeholder = this.multiple && this.picked.length ? '' : this.placeholder;
    if (!this.list.isOpen) this.input.value = this.multiple ? '' : (this.picked[0]?.label ?? '');
  }

  chip(option) {
    const drop = () => {
      this.set(this.picked.filter((item) => item.key !== option.key));
      this.input.focus();
    };
    const remove = h(
      'button',
      { type: 'button', 'aria-label': `Remove ${option.label}`, onclick: drop },
      icon('close', 14),
    );
    return h('span', { class: 'chip' }, option.label, remove);
  }

  clearButton() {
    const clear = () => {
      this.set([]);
      this.input.focus();
    };
    return h(
      'button',
      { type: 'button', class: 'combo-clear', 'aria-label': `Clear ${this.label}`, onclick: clear },
      icon('close', 16),
    );
  }

  set(next) {
    this.picked = next;
    this.draw();
    this.onChange(next);
  }

  onBoxPress(event) {
    if (event.target !== this.node) return;
    event.preventDefault();
    this.input.focus();
    this.openAll();
  }

  /** Opened without typing: everything is offered, and typing replaces the words of the chosen one. */
  openAll() {
    if (this.list.isOpen) return;
    this.list.open();
    if (!this.multiple) this.input.select();
    this.fetch('');
  }

  typed() {
    this.list.open();
    this.ask(this.input.value);
  }

  leave() {
    this.ask.cancel?.();
    this.asked += 1;
    this.list.shut();
    this.draw();
  }

  async fetch(query) {
    this.asked += 1;
    const mine = this.asked;
    const answer = this.load(query);
    if (answer instanceof Promise) this.list.note(spinner('Loading options'), ' Searching…');
    const found = await answer;
    // Only the newest question may be answered, and only while someone is looking.
    if (mine !== this.asked || !this.list.isOpen) return;
    if (found.hint) this.list.note(found.hint);
    else this.list.show(found.options, { startAtPicked: !this.multiple });
  }

  choose(option) {
    if (!this.multiple) {
      this.picked = [option];
      this.list.shut();
      this.set([option]);
      return;
    }
    const without = this.picked.filter((item) => item.key !== option.key);
    const next = without.length < this.picked.length ? without : [...this.picked, option];
    if (next.length > this.max) {
      this.list.note(`You can choose up to ${this.max}.`);
      return;
    }
    this.set(next);
    this.input.value = '';
    this.input.focus();
    this.fetch('');
  }

  onKey(event) {
    const used = this.list.isOpen ? this.openKey(event) : this.closedKey(event);
    if (used) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Backspace' && this.multiple && !this.input.value && this.picked.length) {
      this.set(this.picked.slice(0, -1));
    }
  }

  openKey(event) {
    if (this.list.onKey(event)) return true;
    if (event.key === 'Escape') this.list.shut();
    else if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return false;
    else if (this.list.current) this.choose(this.list.current);
    return true;
  }

  closedKey(event) {
    const opens =
      ['ArrowDown', 'ArrowUp'].includes(event.key) || (['Enter', ' '].includes(event.key) && !event.ctrlKey);
    if (opens) this.openAll();
    return opens;
  }
}
