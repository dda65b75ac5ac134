// Plans, task cards and feedback rows.
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { link } from '../mrkdwn.js';
import { richText } from '../richtext.js';
import { namesOf } from '../state.js';
import { element } from './elements.js';

const STATUS = {
  pending: ['clock', 'Pending'],
  in_progress: ['refresh', 'In progress'],
  complete: ['success', 'Done'],
  error: ['error', 'Failed'],
};

export function taskCard(block, surface) {
  const names = namesOf(surface.state);
  const [glyph, label] = STATUS[block.status ?? 'in_progress'] ?? STATUS.pending;
  const rich = (value) => (value ? h('div', { class: 'text task-detail' }, richText(value.elements, names)) : null);
  return h(
    'div',
    { class: `task task-${block.status ?? 'in_progress'}` },
    h('span', { class: 'task-icon', role: 'img', 'aria-label': label }, icon(glyph, 18)),
    h(
      'div',
      null,
      h('div', { class: 'task-title' }, block.title),
      rich(block.details),
      rich(block.output),
      block.sources?.length
        ? h(
            'div',
            { class: 'task-sources' },
            block.sources.map((source) => link(source.url, source.text)),
          )
        : null,
    ),
  );
}

export function plan(block, surface) {
  const done = (block.tasks ?? []).filter((task) => task.status === 'complete').length;
  return h(
    'section',
    { class: 'plan', 'aria-label': block.title },
    h(
      'div',
      { class: 'plan-head' },
      h('strong', null, block.title),
      h('span', { class: 'muted' }, `${done} of ${(block.tasks ?? []).length}`),
    ),
    (block.tasks ?? []).map((task) => taskCard(task, surface)),
  );
}

export function contextActions(block, surface) {
  return h(
    'div',
    { class: 'context-actions' },
    block.elements.map((item) => element(item, block, surface)),
  );
}
