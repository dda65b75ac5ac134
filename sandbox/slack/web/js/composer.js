// Where messages and commands are typed.
import { commandIn, commandsOf } from './completion.js';
import { shortcutsOf } from './state.js';
import { h, replace } from './dom.js';
import { errorWords } from './errors.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { spinner, tip } from './popover.js';
import { sendFile, sendText } from './sending.js';
import { Suggestions } from './suggestions.js';

const TALLEST_PX = 220;

export class Composer {
  /** `place`: {channel, thread}; `notice(text)` shows a line only this person sees. */
  constructor(app, { place, label, notice }) {
    this.app = app;
    this.place = place;
    this.notice = notice;
    this.draftKey = `${app.state.viewer.id}/${place.channel}/${place.thread ?? ''}`;
    this.area = this.makeArea(label);
    this.suggestions = new Suggestions(app.state, this.area, () => this.changed());
    this.hint = h('div', { class: 'composer-hint', hidden: true });
    this.status = h('div', { class: 'composer-status', role: 'status' });
    this.sendButton = h(
      'button',
      { type: 'button', class: 'send', ...tip('Send'), onclick: () => this.send() },
      icon('send', 18),
    );
    this.sendButton.disabled = !this.area.value.trim();
    this.picker = h('input', { type: 'file', hidden: true, tabindex: '-1', onchange: () => this.upload([...this.picker.files]) });
    this.node = this.layout();
  }

  makeArea(label) {
    return h('textarea', {
      class: 'composer-text',
      rows: 1,
      placeholder: label,
      'aria-label': label,
      'aria-autocomplete': 'list',
      value: this.app.drafts.get(this.draftKey) ?? '',
      oninput: () => this.changed(),
      onkeydown: (event) => this.onKey(event),
      onblur: () => this.suggestions.close(),
      onclick: () => this.suggestions.update(),
    });
  }

  layout() {
    const bar = h('div', { class: 'composer-bar' }, this.plusButton(), keysHelp(), this.sendButton);
    const box = this.dropping(h('div', { class: 'composer-box' }, this.area, this.hint, bar));
    return h('div', { class: 'composer' }, this.suggestions.node, box, this.picker, this.status);
  }

  plusButton() {
    const label = 'Attach or run a shortcut';
    const button = h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        ...tip(label),
        'aria-haspopup': 'menu',
        'aria-expanded': 'false',
        onclick: () => openMenu(button, this.plusItems(), { label, align: 'start' }),
      },
      icon('plus'),
    );
    return button;
  }

  plusItems() {
    const { state } = this.app;
    const shortcuts = shortcutsOf(state, 'global');
    const items = shortcuts.map((shortcut) => ({
      label: shortcut.name,
      detail: shortcut.description,
      icon: 'bolt',
      onpick: () => this.runShortcut(shortcut),
    }));
    return [
      { label: 'Upload a file', icon: 'upload', onpick: () => this.picker.click() },
      { label: 'Run a command', icon: 'code', onpick: () => this.fill('/') },
      ...(items.length ? [{ heading: state.app.name }, ...items] : []),
    ];
  }

  focus() {
    this.area.focus();
  }

  fill(text) {
    this.area.value = text;
    this.area.focus();
    this.changed();
  }

  changed() {
    const { area } = this;
    this.app.drafts.set(this.draftKey, area.value);
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, TALLEST_PX)}px`;
    this.sendButton.disabled = !area.value.trim();
    this.showHint();
    this.suggestions.update();
  }

  /** The usage hint of a command that has been typed and waits for its words. */
  showHint() {
    const typed = /^(\/\S+)\s+$/.exec(this.area.value)?.[1];
    const command = typed ? commandsOf(this.app.state).find((item) => item.command === typed) : null;
    this.hint.hidden = !command?.usage_hint;
    replace(this.hint, command ? [h('code', null, command.command), ' ', command.usage_hint] : null);
  }

  onKey(event) {
    if (event.isComposing) return;
    if (this.suggestions.onKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  async send() {
    const text = this.area.value.trim();
    if (!text) return;
    this.area.value = '';
    this.changed();
    const name = commandIn(text);
    const outcome = await this.waiting(name ? `Sending ${name}…` : null, sendText(this.app, this.place, text));
    if (outcome.keep && !this.area.value) this.fill(text);
  }

  /** Say what is under way, and what came of it when that needs words. */
  async waiting(words, work) {
    if (words) replace(this.status, spinner('Waiting'), ` ${words}`);
    const outcome = await work;
    replace(this.status);
    if (outcome.notice) this.notice(outcome.notice);
    return outcome;
  }

  async upload(files) {
    for (const file of files) await this.waiting(`Uploading ${file.name}…`, sendFile(this.app, this.place, file));
    this.picker.value = '';
  }

  /** Files dropped on the composer are shared at once. */
  dropping(box) {
    box.ondragover = (event) => event.preventDefault();
    box.ondrop = (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.upload([...event.dataTransfer.files]);
    };
    return box;
  }

  async runShortcut(shortcut) {
    const { state, api } = this.app;
    const answer = await api.shortcut({
      user: state.viewer.id,
      callback_id: shortcut.callback_id,
      channel: this.place.channel,
    });
    if (!answer.ok) this.notice(`“${shortcut.name}” failed. ${errorWords(answer)}`);
  }
}

function keysHelp() {
  return h(
    'span',
    { class: 'composer-keys' },
    h('kbd', null, 'Enter'),
    ' to send, ',
    h('kbd', null, 'Shift Enter'),
    ' for a new line, ',
    h('kbd', null, '/'),
    ' for commands',
  );
}
