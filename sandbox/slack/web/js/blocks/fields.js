// Fields that are typed into: text, numbers and dates.
import { debounce, h } from '../dom.js';
import { unixOfWallClock, wallClock } from '../time.js';
import { words } from './text.js';

const TYPING_WAIT_MS = 300;

/** What every typed field shares: its id, name, description, and the mark that finds it again. */
export function common(element, env) {
  return {
    id: env.id,
    class: 'field',
    placeholder: words(element.placeholder),
    'aria-label': env.label ? null : words(element.placeholder) || 'Value',
    'aria-describedby': env.describedBy,
    'aria-required': env.required ? 'true' : null,
    autocomplete: 'off',
    dataset: { field: `${env.block.block_id}/${element.action_id}` },
  };
}

/** When an input with dispatch_action tells the app: on Enter (default) and/or while typing. */
function dispatchRules(element, env) {
  const on = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const tell = debounce(() => env.dispatch(), TYPING_WAIT_MS);
  return {
    typed: () => {
      if (env.dispatches && on.includes('on_character_entered')) tell();
    },
    key: (event) => {
      if (event.key !== 'Enter' || event.shiftKey || !env.dispatches || !on.includes('on_enter_pressed')) return;
      event.preventDefault();
      event.stopPropagation();
      env.dispatch();
    },
  };
}

function counter(element, input) {
  if (!element.max_length) return null;
  const note = h('span', { class: 'field-count', 'aria-hidden': 'true' });
  const update = () => {
    const left = element.max_length - input.value.length;
    note.textContent =
      left <= Math.max(20, element.max_length * 0.1) || input === document.activeElement ? `${left}` : '';
    note.classList.toggle('over', left < 0);
  };
  for (const name of ['input', 'focus', 'blur']) input.addEventListener(name, update);
  return note;
}

export function textInput(element, env) {
  const rules = dispatchRules(element, env);
  const kind = { number_input: 'text', email_text_input: 'email', url_text_input: 'url' }[element.type] ?? 'text';
  const props = {
    ...common(element, env),
    value: env.slot.get() ?? '',
    onkeydown: rules.key,
    inputmode: element.type === 'number_input' ? 'decimal' : null,
    oninput: (event) => {
      env.store(event.target.value === '' ? null : event.target.value.replace(/\r\n/g, '\n'));
      rules.typed();
    },
  };
  if (element.multiline) {
    const area = h('textarea', { ...props, class: 'field field-tall', rows: 4 });
    return h('div', { class: 'field-box' }, area, counter(element, area));
  }
  const input = h('input', { ...props, type: kind });
  return h('div', { class: 'field-box' }, input, counter(element, input));
}

/** A plain fallback: the text is sent as one rich_text section. */
export function richTextInput(element, env) {
  const text = (env.slot.get()?.elements ?? [])
    .flatMap((section) => section.elements ?? [])
    .map((item) => item.text ?? '')
    .join('');
  return h('textarea', {
    ...common(element, env),
    class: 'field field-tall',
    rows: element.min_lines ?? 4,
    value: text,
    oninput: (event) => env.store(event.target.value ? richTextOf(event.target.value) : null),
  });
}

function richTextOf(text) {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
}

function picker(type, element, env, { value, read }) {
  return h('input', {
    ...common(element, env),
    type,
    value,
    class: 'field field-picker',
    'aria-label': env.label || words(element.placeholder) || { date: 'Date', time: 'Time' }[type] || 'Date and time',
    onchange: (event) => env.changed(event.target.value ? read(event.target.value) : null),
  });
}

export function datePicker(element, env) {
  return picker('date', element, env, { value: env.slot.get() ?? '', read: (text) => text });
}

export function timePicker(element, env) {
  return picker('time', element, env, { value: env.slot.get() ?? '', read: (text) => text.slice(0, 5) });
}

export function dateTimePicker(element, env) {
  const { tz } = env.names;
  const current = env.slot.get();
  return picker('datetime-local', element, env, {
    value: current ? wallClock(current, tz) : '',
    read: (text) => unixOfWallClock(text.slice(0, 16), tz),
  });
}
