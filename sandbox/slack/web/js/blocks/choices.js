// Checkboxes and radio buttons.
import { h, uid } from '../dom.js';
import { textNodes, words } from './text.js';

function group(element, env, type, isOn, pick) {
  const name = uid('choice');
  const rows = element.options.map((option) => {
    const input = h('input', {
      type,
      name,
      value: option.value,
      checked: isOn(option),
      'aria-label': words(option.text),
      dataset: { field: `${env.block.block_id}/${element.action_id}` },
      onchange: () => pick(option, input.checked),
    });
    return h(
      'label',
      { class: 'choice' },
      input,
      h(
        'span',
        { class: 'choice-words' },
        h('span', null, textNodes(option.text, env.names)),
        option.description ? h('small', null, textNodes(option.description, env.names)) : null,
      ),
    );
  });
  return h(
    'div',
    {
      class: 'choices',
      role: type === 'radio' ? 'radiogroup' : 'group',
      'aria-label': env.label || null,
      'aria-describedby': env.describedBy,
    },
    rows,
  );
}

export function checkboxes(element, env) {
  const has = (option) => (env.slot.get() ?? []).some((item) => item.value === option.value);
  return group(element, env, 'checkbox', has, (option, on) => {
    const rest = (env.slot.get() ?? []).filter((item) => item.value !== option.value);
    const next = on ? [...rest, option] : rest;
    // In the order shown, as Slack sends them.
    env.changed(element.options.filter((item) => next.some((chosen) => chosen.value === item.value)));
  });
}

export function radioButtons(element, env) {
  return group(
    element,
    env,
    'radio',
    (option) => env.slot.get()?.value === option.value,
    (option) => env.changed(option),
  );
}
