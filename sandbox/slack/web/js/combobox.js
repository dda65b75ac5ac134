// A select that can be typed into. One listbox, single or several choices, local or asked-for options.
import { arrange, debounce, h, replace, uid } from './dom.js';
import { icon } from './icons.js';
import { float, place, spinner } from './popover.js';

/**
 * Make a combobox. Options are {key, label, detail?, group?, value}.
 * `load(query)` resolves to {options} or {hint}; `onChange(options)` gets the chosen ones, one or several.
 */
export function combobox({
  label,
  placeholder = 'Select an option',
  chosen = [],
  multiple = false,
  max = Infinity,
  clearable = false,
  load,
  wait = 0,
  onChange,
  describedBy,
  required,
}) {
  const listId = uid('list');
  let picked = [...chosen];
  let rows = [];
  let active = -1;
  let close = null;
  let asked = 0;

  const input = h('input', {
    type: 'text',
    class: 'combo-input',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-label': label,
    'aria-expanded': 'false',
    'aria-controls': listId,
    'aria-autocomplete': 'list',
    'aria-haspopup': 'listbox',
    'aria-describedby': describedBy,
    'aria-required': required ? 'true' : null,
    placeholder,
    onclick: () => openAll(),
    onkeydown: onKey,
    onblur: () => shut(),
    oninput: () => {
      open();
      ask(input.value);
    },
  });
  const clear = h(
    'button',
    {
      type: 'button',
      class: 'combo-clear',
      'aria-label': `Clear ${label}`,
      onclick: () => {
        set([]);
        input.focus();
      },
    },
    icon('close', 16),
  );
  const box = h('div', {
    class: multiple ? 'combo combo-multi' : 'combo',
    onpointerdown: (event) => {
      if (event.target === box) {
        event.preventDefault();
        input.focus();
        openAll();
      }
    },
  });
  const list = h('div', {
    class: 'listbox',
    role: 'listbox',
    id: listId,
    'aria-label': label,
    'aria-multiselectable': multiple,
  });
  const ask = wait ? debounce(fetchRows, wait) : fetchRows;
  draw();

  function draw() {
    const chips = multiple ? picked.map(chip) : [];
    // Arranged, not replaced: the input must not leave the page, or it would lose the focus.
    arrange(box, [...chips, input, ...(!multiple && clearable && picked.length ? [clear] : []), icon('down', 18)]);
    input.placeholder = multiple && picked.length ? '' : placeholder;
    if (!close) input.value = multiple ? '' : (picked[0]?.label ?? '');
  }

  function chip(option) {
    return h(
      'span',
      { class: 'chip' },
      option.label,
      h(
        'button',
        {
          type: 'button',
          'aria-label': `Remove ${option.label}`,
          onclick: () => {
            set(picked.filter((item) => item.key !== option.key));
            input.focus();
          },
        },
        icon('close', 14),
      ),
    );
  }

  function set(next) {
    picked = next;
    draw();
    onChange(picked);
  }

  function open() {
    if (close) return;
    input.setAttribute('aria-expanded', 'true');
    replace(list);
    close = float(list, box, {
      matchWidth: true,
      onClose: () => {
        close = null;
        input.setAttribute('aria-expanded', 'false');
      },
    });
  }

  /** Opened without typing: everything is offered, and typing replaces the words of the chosen one. */
  function openAll() {
    if (close) return;
    open();
    if (!multiple) input.select();
    fetchRows('');
  }

  function shut() {
    ask.cancel?.();
    asked += 1;
    close?.();
    input.removeAttribute('aria-activedescendant');
    draw();
  }

  async function fetchRows(query) {
    asked += 1;
    const mine = asked;
    const answer = load(query);
    if (answer instanceof Promise) note(spinner('Loading options'), ' Searching…');
    const found = await answer;
    if (mine !== asked || !close) return;
    if (found.hint) note(found.hint);
    else show(found.options);
  }

  function note(...words) {
    rows = [];
    active = -1;
    replace(list, h('div', { class: 'listbox-note', role: 'presentation' }, words));
    if (close) place(list, box, { matchWidth: true });
  }

  function show(options) {
    if (!options.length) {
      note('No results');
      return;
    }
    let group = null;
    rows = [];
    replace(list);
    for (const option of options) {
      if (option.group && option.group !== group)
        list.append(h('div', { class: 'listbox-group', role: 'presentation' }, option.group));
      group = option.group;
      rows.push(row(option));
      list.append(rows.at(-1).node);
    }
    const chosenAt = rows.findIndex((item) => isPicked(item.option));
    activate(chosenAt < 0 || multiple ? 0 : chosenAt);
    place(list, box, { matchWidth: true });
  }

  function isPicked(option) {
    return picked.some((item) => item.key === option.key);
  }

  function row(option) {
    const node = h(
      'div',
      {
        class: 'listbox-option',
        role: 'option',
        id: uid('option'),
        'aria-selected': isPicked(option),
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => choose(option),
        onpointermove: () => activate(rows.findIndex((item) => item.option === option)),
      },
      option.lead ?? null,
      h(
        'span',
        { class: 'listbox-words' },
        h('span', null, option.label),
        option.detail ? h('small', null, option.detail) : null,
      ),
      isPicked(option) ? icon('check', 16) : null,
    );
    return { node, option };
  }

  function activate(index) {
    rows[active]?.node.classList.remove('active');
    active = Math.max(0, Math.min(index, rows.length - 1));
    const node = rows[active]?.node;
    if (!node) return;
    node.classList.add('active');
    input.setAttribute('aria-activedescendant', node.id);
    node.scrollIntoView({ block: 'nearest' });
  }

  function choose(option) {
    if (!multiple) {
      picked = [option];
      close?.();
      set(picked);
      return;
    }
    const next = isPicked(option) ? picked.filter((item) => item.key !== option.key) : [...picked, option];
    if (next.length > max) {
      note(`You can choose up to ${max}.`);
      return;
    }
    set(next);
    input.value = '';
    input.focus();
    fetchRows('');
  }

  function onKey(event) {
    if (event.key === 'Tab') return;
    if (!close) {
      closedKey(event);
      return;
    }
    const moves = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: rows.length - 1 };
    if (event.key in moves && rows.length && !event.shiftKey) {
      event.preventDefault();
      activate(moves[event.key]);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      event.stopPropagation();
      if (rows[active]) choose(rows[active].option);
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
      draw();
    }
    dropLast(event);
  }

  function closedKey(event) {
    if (['ArrowDown', 'ArrowUp', 'Enter', ' '].includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      openAll();
    }
    dropLast(event);
  }

  function dropLast(event) {
    if (event.key === 'Backspace' && multiple && !input.value && picked.length) set(picked.slice(0, -1));
  }

  return box;
}
