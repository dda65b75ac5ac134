// The state of stateful elements: view.state.values[block_id][action_id] = {type, …}.

/** For each element type: the field that carries its value, and the one that carries its initial value. */
export const STATEFUL = {
  plain_text_input: ['value', 'initial_value'],
  number_input: ['value', 'initial_value'],
  email_text_input: ['value', 'initial_value'],
  url_text_input: ['value', 'initial_value'],
  rich_text_input: ['rich_text_value', 'initial_value'],
  static_select: ['selected_option', 'initial_option'],
  external_select: ['selected_option', 'initial_option'],
  radio_buttons: ['selected_option', 'initial_option'],
  users_select: ['selected_user', 'initial_user'],
  channels_select: ['selected_channel', 'initial_channel'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
  checkboxes: ['selected_options', 'initial_options'],
  multi_static_select: ['selected_options', 'initial_options'],
  multi_external_select: ['selected_options', 'initial_options'],
  multi_users_select: ['selected_users', 'initial_users'],
  multi_channels_select: ['selected_channels', 'initial_channels'],
  multi_conversations_select: ['selected_conversations', 'initial_conversations'],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
  datetimepicker: ['selected_date_time', 'initial_date_time'],
  file_input: ['files', null],
};

const LISTS = new Set(['selected_options', 'selected_users', 'selected_channels', 'selected_conversations', 'files']);

/** The state an element has before anyone touches it. */
export function initialState(element) {
  const [field, initial] = STATEFUL[element.type];
  const value = initial === null ? undefined : element[initial];
  return { type: element.type, [field]: value ?? (LISTS.has(field) ? [] : null) };
}

/** The kept state of an element, or its initial one; kept means: same block_id, action_id and type. */
export function slot(surface, block, element) {
  const row = (surface.values[block.block_id] ??= {});
  if (row[element.action_id]?.type !== element.type) row[element.action_id] = initialState(element);
  const [field] = STATEFUL[element.type];
  return {
    get: () => row[element.action_id][field],
    set: (value) => {
      row[element.action_id] = { ...row[element.action_id], [field]: value };
    },
  };
}

/** Every element of a block, wherever it hangs. */
export function elementsOf(block) {
  return [
    block.element,
    block.accessory,
    ...(Array.isArray(block.elements) ? block.elements : []),
    ...(Array.isArray(block.actions) ? block.actions : []),
    ...(block.child_blocks ?? []).flatMap(elementsOf),
  ].filter(Boolean);
}

function allBlocks(blocks) {
  return blocks.flatMap((block) => [block, ...allBlocks(block.child_blocks ?? [])]);
}

/** The `state.values` to send: what is on the surface now, and nothing that has left it. */
export function collect(surface, blocks) {
  const values = {};
  for (const block of allBlocks(blocks)) {
    for (const element of [block.element, block.accessory, ...(block.type === 'actions' ? block.elements : [])]) {
      if (!element || !STATEFUL[element.type]) continue;
      (values[block.block_id] ??= {})[element.action_id] = {
        ...initialState(element),
        ...surface.values[block.block_id]?.[element.action_id],
      };
    }
  }
  return values;
}

/** Forget the state of elements that are no longer shown. */
export function prune(surface, blocks) {
  const current = collect(surface, blocks);
  for (const id of Object.keys(surface.values)) if (!current[id]) delete surface.values[id];
}
