// Which renderer draws which element, and what an element may do: keep a value, tell the app.
import { h, uid } from '../dom.js';
import { namesOf } from '../state.js';
import { agreed, button, feedbackButtons, iconButton, overflow } from './buttons.js';
import { checkboxes, radioButtons } from './choices.js';
import { datePicker, dateTimePicker, richTextInput, textInput, timePicker } from './fields.js';
import { fileInput } from './filefield.js';
import { image } from './images.js';
import { select } from './selects.js';
import { textNodes } from './text.js';
import { STATEFUL, slot } from './values.js';

const RENDERERS = {
  button,
  overflow,
  icon_button: iconButton,
  feedback_buttons: feedbackButtons,
  workflow_button: button,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  plain_text_input: textInput,
  number_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  rich_text_input: richTextInput,
  file_input: fileInput,
  image: (element) => image(element, { small: true }),
};

/** Whether this page can draw a type of element. */
export function drawsElement(type) {
  return rendererOf(type) !== undefined;
}

function rendererOf(type) {
  return /^(multi_)?(static|external|users|channels|conversations)_select$/.test(type) ? select : RENDERERS[type];
}

/**
 * Draw one element of a block.
 * In an input block a change is only kept (and told with dispatch_action); elsewhere it is told at once.
 */
export function element(item, block, surface, options = {}) {
  const render = rendererOf(item.type);
  if (!render) return h('span', { class: 'muted' }, `[${item.type}]`);
  return render(item, environment(item, block, surface, options));
}

function environment(item, block, surface, { label = '', describedBy, id = uid('field') }) {
  const input = block.type === 'input';
  const kept = STATEFUL[item.type] ? slot(surface, block, item) : null;
  const field = STATEFUL[item.type]?.[0];
  const store = (value) => {
    kept.set(value);
    surface.touched?.(block);
  };
  const tell = () => surface.act(block, item, { [field]: kept.get() });
  return {
    block,
    surface,
    label,
    describedBy,
    id,
    slot: kept,
    store,
    names: namesOf(surface.state),
    optional: input && Boolean(block.optional),
    required: input && !block.optional,
    dispatches: input && Boolean(block.dispatch_action),
    dispatch: tell,
    changed: (value) => {
      store(value);
      if (!input || block.dispatch_action) agreed(item).then((yes) => yes && tell());
    },
  };
}

/** A text or image element of a context block. */
export function contextElement(item, surface) {
  if (item.type === 'image') return image(item, { tiny: true });
  return h('span', { class: 'context-text' }, textNodes(item, namesOf(surface.state)));
}
