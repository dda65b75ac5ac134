// Where messages and commands are typed.
import { commandIn, completionsFor, commandsOf, withMentions } from './completion.js';
import { h, replace, uid } from './dom.js';
import { errorWords } from './errors.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { escape } from './mrkdwn.js';
import { spinner, tip } from './popover.js';
import { runBuiltIn } from './builtins.js';

const TALLEST_PX = 220;

/** `place`: {channel, thread}; `notice(text)` shows a line only this person sees. */
export function composer(app, { place, label, notice, drafts }) {
  const { state, api } = app;
  const listId = uid('complete');
  const draftKey = `${state.viewer.id}/${place.channel}/${place.thread ?? ''}`;
  let offer = null;
  let active = 0;

  const list = h('div', {
    class: 'completion',
    role: 'listbox',
    id: listId,
    'aria-label': 'Suggestions',
    hidden: true,
  });
  const hint = h('div', { class: 'composer-hint', hidden: true });
  const status = h('div', { class: 'composer-status', role: 'status' });
  const area = h('textarea', {
    class: 'composer-text',
    rows: 1,
    placeholder: label,
    'aria-label': label,
    'aria-controls': listId,
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    role: 'combobox',
    'aria-multiline': 'true',
    value: drafts.get(draftKey) ?? '',
    oninput: () => changed(),
    onkeydown: (event) => onKey(event),
    onblur: () => closeList(),
    onclick: () => suggest(),
  });
  const sendButton = h(
    'button',
    { type: 'button', class: 'send', ...tip('Send'), onclick: () => send() },
    icon('send', 18),
  );
  const picker = h('input', {
    type: 'file',
    hidden: true,
    tabindex: '-1',
    'aria-hidden': 'true',
    onchange: () => upload(),
  });
  const plus = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      ...tip('Attach or run a shortcut'),
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      onclick: () => openMenu(plus, plusItems(), { label: 'Attach or run a shortcut', align: 'start' }),
    },
    icon('plus'),
  );
  const root = h(
    'div',
    { class: 'composer' },
    list,
    h(
      'div',
      { class: 'composer-box' },
      area,
      hint,
      h(
        'div',
        { class: 'composer-bar' },
        plus,
        h(
          'span',
          { class: 'composer-keys' },
          h('kbd', null, 'Enter'),
          ' to send, ',
          h('kbd', null, 'Shift Enter'),
          ' for a new line, ',
          h('kbd', null, '/'),
          ' for commands',
        ),
        sendButton,
      ),
    ),
    picker,
    status,
  );

  function plusItems() {
    const shortcuts = (state.shortcuts ?? []).filter((shortcut) => shortcut.type === 'global');
    return [
      { label: 'Upload a file', icon: 'upload', onpick: () => picker.click() },
      {
        label: 'Run a command',
        icon: 'code',
        onpick: () => {
          area.value = '/';
          area.focus();
          changed();
        },
      },
      ...(shortcuts.length ? [{ heading: state.app.name }] : []),
      ...shortcuts.map((shortcut) => ({
        label: shortcut.name,
        detail: shortcut.description,
        icon: 'bolt',
        onpick: () => runShortcut(shortcut),
      })),
    ];
  }

  async function runShortcut(shortcut) {
    const answer = await api.shortcut({
      user: state.viewer.id,
      callback_id: shortcut.callback_id,
      channel: place.channel,
    });
    if (!answer.ok) notice(`“${shortcut.name}” failed. ${errorWords(answer)}`);
  }

  function changed() {
    drafts.set(draftKey, area.value);
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, TALLEST_PX)}px`;
    sendButton.disabled = !area.value.trim();
    showHint();
    suggest();
  }

  function showHint() {
    const typed = /^(\/\S+)\s*$/.exec(area.value)?.[1];
    const command = typed && area.value.endsWith(' ') ? commandsOf(state).find((item) => item.command === typed) : null;
    hint.hidden = !command?.usage_hint;
    replace(hint, command ? [h('code', null, command.command), ' ', command.usage_hint] : null);
  }

  function suggest() {
    offer = document.activeElement === area ? completionsFor(state, area.value, area.selectionStart) : null;
    active = 0;
    drawList();
  }

  function drawList() {
    list.hidden = !offer;
    area.setAttribute('aria-expanded', String(Boolean(offer)));
    area.removeAttribute('aria-activedescendant');
    if (!offer) return;
    const rows = offer.items.map((item, index) =>
      h(
        'div',
        {
          class: index === active ? 'completion-row active' : 'completion-row',
          role: 'option',
          id: `${listId}-${index}`,
          'aria-selected': index === active,
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => take(item),
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
      ),
    );
    replace(
      list,
      h(
        'div',
        { class: 'completion-title', role: 'presentation' },
        h('span', null, offer.kind),
        h('span', null, '↑↓ to move, Tab or Enter to choose'),
      ),
      rows,
    );
    area.setAttribute('aria-activedescendant', rows[active].id);
    rows[active].scrollIntoView({ block: 'nearest' });
  }

  function closeList() {
    offer = null;
    drawList();
  }

  function take(item) {
    const rest = area.value.slice(area.selectionStart).replace(/^ /, '');
    const start = area.value.slice(0, offer.from) + item.insert;
    area.value = start + rest;
    area.setSelectionRange(start.length, start.length);
    closeList();
    changed();
    area.focus();
  }

  function onKey(event) {
    if (event.isComposing) return;
    if (offer && listKey(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  }

  /** Keys while the list is open; an exactly typed command is sent by Enter, not completed again. */
  function listKey(event) {
    const count = offer.items.length;
    const typedWhole = offer.kind === 'Commands' && area.value === offer.items[active].label;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      active = (active + (event.key === 'ArrowDown' ? 1 : count - 1)) % count;
      drawList();
    } else if ((event.key === 'Tab' && !event.shiftKey) || (event.key === 'Enter' && !event.shiftKey && !typedWhole))
      take(offer.items[active]);
    else if (event.key === 'Escape') closeList();
    else return false;
    return true;
  }

  async function send() {
    const text = area.value.trim();
    if (!text) return;
    area.value = '';
    closeList();
    changed();
    if (commandIn(text)) await runCommand(text);
    else await say(text);
  }

  async function say(text) {
    const answer = await api.say({
      user: state.viewer.id,
      channel: place.channel,
      text: withMentions(state, escape(text)),
      ...(place.thread ? { thread_ts: place.thread } : {}),
    });
    if (!answer.ok) giveBack(text, `Your message was not sent. ${errorWords(answer)}`);
  }

  function giveBack(text, why) {
    if (!area.value) {
      area.value = text;
      changed();
    }
    notice(why);
  }

  async function runCommand(text) {
    const name = commandIn(text);
    const rest = text.slice(name.length).trim();
    const command = commandsOf(state).find((item) => item.command === name.toLowerCase());
    if (!command) {
      giveBack(
        text,
        `${name} is not a valid command. In this workspace, every message that starts with “/” is read as a command.`,
      );
      return;
    }
    if (place.thread) {
      giveBack(text, `${name} is not supported in threads. Sorry!`);
      return;
    }
    if (command.member !== undefined) {
      notice(await runBuiltIn(app, command, rest, place.channel));
      return;
    }
    replace(status, spinner('Waiting'), ` Sending ${name}…`);
    const answer = await api.command({
      user: state.viewer.id,
      channel: place.channel,
      command: name.toLowerCase(),
      text: rest,
    });
    replace(status);
    if (!answer.ok)
      giveBack(
        '',
        `${name} failed with the error “${answer.error}”. ${errorWords({ ...answer, error: null, message: errorWords(answer) })}`,
      );
  }

  async function upload() {
    const [file] = picker.files;
    if (!file) return;
    const form = new FormData();
    for (const [key, value] of Object.entries({ user: state.viewer.id, channel: place.channel }))
      form.append(key, value);
    if (place.thread) form.append('thread_ts', place.thread);
    form.append('file', file);
    replace(status, spinner('Uploading'), ` Uploading ${file.name}…`);
    const answer = await api.upload(form);
    replace(status);
    picker.value = '';
    if (!answer.ok) notice(`${file.name} was not uploaded. ${errorWords(answer)}`);
  }

  sendButton.disabled = !area.value.trim();
  return { node: root, focus: () => area.focus() };
}
