// The classic layout blocks.
import { h, uid } from '../dom.js';
import { markdown } from '../markdown.js';
import { richText } from '../richtext.js';
import { namesOf } from '../state.js';
import { contextElement, element } from './elements.js';
import { textNodes, words } from './text.js';

export function section(block, surface) {
  const names = namesOf(surface.state);
  const fields = block.fields?.map((field) => h('div', { class: 'section-field' }, textNodes(field, names)));
  const label = words(block.text).split('\n')[0].slice(0, 80);
  return h(
    'div',
    { class: 'section' },
    h(
      'div',
      { class: 'section-main' },
      block.text ? h('div', { class: 'text' }, textNodes(block.text, names)) : null,
      fields ? h('div', { class: 'section-fields' }, fields) : null,
    ),
    block.accessory
      ? h(
          'div',
          { class: `section-accessory accessory-${block.accessory.type}` },
          element(block.accessory, block, surface, { label }),
        )
      : null,
  );
}

export function header(block) {
  const level = block.level ?? 2;
  return h(
    'div',
    { class: `header header-${level}`, role: 'heading', 'aria-level': Math.min(level + 2, 6) },
    textNodes(block.text),
  );
}

export function context(block, surface) {
  return h(
    'div',
    { class: 'context' },
    block.elements.map((item) => contextElement(item, surface)),
  );
}

export function actions(block, surface) {
  return h(
    'div',
    { class: 'actions' },
    block.elements.map((item) => element(item, block, surface)),
  );
}

export function divider() {
  return h('hr', { class: 'divider' });
}

export function richTextBlock(block, surface) {
  return h('div', { class: 'text' }, richText(block.elements, namesOf(surface.state)));
}

export function markdownBlock(block) {
  return h('div', { class: 'text markdown' }, markdown(block.text ?? ''));
}

const OWN_LABEL = /^(checkboxes|radio_buttons|.*_select)$/;

/** An input block: label, control, hint, and the error under the control. */
export function input(block, surface) {
  const id = uid('field');
  const hintId = uid('hint');
  const errorId = uid('error');
  const error = surface.errors[block.block_id];
  const label = words(block.label);
  const describedBy = [error ? errorId : null, block.hint ? hintId : null].filter(Boolean).join(' ') || null;
  const labelTag = OWN_LABEL.test(block.element.type) ? 'div' : 'label';
  const control = element(block.element, block, surface, { label, describedBy, id });
  if (error) for (const node of controlsIn(control)) node.setAttribute('aria-invalid', 'true');
  return h(
    'div',
    { class: error ? 'input-block has-error' : 'input-block', dataset: { input: block.block_id } },
    h(
      labelTag,
      { class: 'input-label', for: labelTag === 'label' ? id : null },
      textNodes(block.label),
      block.optional ? h('span', { class: 'optional' }, ' (optional)') : null,
    ),
    control,
    error ? h('p', { class: 'field-error', id: errorId, role: 'alert' }, error) : null,
    block.hint ? h('p', { class: 'hint', id: hintId }, textNodes(block.hint)) : null,
  );
}

/** The controls inside an input block that can hold the focus. */
export function controlsIn(node) {
  const inside = [...node.querySelectorAll('input,textarea')];
  return node.matches('input,textarea') ? [node, ...inside] : inside;
}
