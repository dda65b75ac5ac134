// Draw a list of blocks on a surface, keeping what did not change.
import { arrange, h } from '../dom.js';
import { imageBlock } from './images.js';
import { alert, card, carousel, container } from './cards.js';
import { chartBlock } from './chart.js';
import { dataTable } from './datatable.js';
import { actions, context, divider, header, input, markdownBlock, richTextBlock, section } from './layout.js';
import { authProvider, call, fileBlock, video } from './others.js';
import { table } from './tables.js';
import { contextActions, plan, taskCard } from './tasks.js';

const RENDERERS = {
  section,
  header,
  context,
  actions,
  divider,
  input,
  alert,
  card,
  carousel,
  container,
  table,
  plan,
  video,
  image: imageBlock,
  rich_text: richTextBlock,
  markdown: markdownBlock,
  data_table: dataTable,
  data_visualization: chartBlock,
  context_actions: contextActions,
  task_card: taskCard,
  file: fileBlock,
  call,
  auth_provider: authProvider,
};

/**
 * A surface that blocks are drawn on.
 * `act(block, element, value)` and `suggest(block, element, query)` talk to the app; `values` outlive redraws.
 */
export function createSurface({ state, act, suggest, upload, touched, currentConversation, values = {} }) {
  return { state, act, suggest, upload, touched, currentConversation, values, errors: {}, drawn: new Map() };
}

/** Whether this page can draw a type of block. */
export function drawsBlock(type) {
  return type in RENDERERS;
}

export function renderBlock(block, surface) {
  const render = RENDERERS[block.type];
  if (!render) return h('div', { class: 'muted block-unknown' }, `This page cannot draw a “${block.type}” block.`);
  return render(block, surface);
}

/** Draw `blocks` into `parent`; a block that is equal to the one already drawn keeps its nodes and its focus. */
export function renderBlocks(parent, blocks, surface) {
  const focus = focusMark(parent);
  const drawn = new Map();
  const nodes = blocks.map((block, index) => {
    const key = block.block_id ?? `#${index}`;
    const print = JSON.stringify([block, surface.errors[block.block_id] ?? null]);
    const before = surface.drawn.get(key);
    const node =
      before?.print === print
        ? before.node
        : h('div', { class: `block block-${block.type}`, dataset: { block: key } }, renderBlock(block, surface));
    drawn.set(key, { print, node });
    return node;
  });
  surface.drawn = drawn;
  arrange(parent, nodes);
  restoreFocus(parent, focus);
}

/** Where the focus and the caret are, in words that survive a redraw. */
function focusMark(parent) {
  const node = document.activeElement;
  if (!node || !parent.contains(node)) return null;
  const block = node.closest('[data-block]')?.dataset.block;
  const stops = [...(node.closest('[data-block]')?.querySelectorAll('input,textarea,button,a') ?? [])];
  return { node, block, index: stops.indexOf(node), start: node.selectionStart, end: node.selectionEnd };
}

function restoreFocus(parent, mark) {
  if (!mark || mark.node.isConnected) return;
  const block = [...parent.children].find((node) => node.dataset.block === mark.block);
  const again = block?.querySelectorAll('input,textarea,button,a')[mark.index];
  if (!again) return;
  again.focus();
  if (
    mark.start !== null &&
    mark.start !== undefined &&
    again.setSelectionRange &&
    /^(text|search|url|tel|password)?$/.test(again.type === 'textarea' ? '' : (again.type ?? ''))
  ) {
    again.setSelectionRange(mark.start, mark.end);
  }
}
