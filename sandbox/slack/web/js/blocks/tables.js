// The `table` block, and the cells it shares with `data_table`.
import { h } from '../dom.js';
import { lines } from '../mrkdwn.js';
import { richText } from '../richtext.js';
import { namesOf } from '../state.js';

export function cellNodes(cell, surface) {
  if (!cell) return [];
  if (cell.type === 'rich_text') return richText(cell.elements, namesOf(surface.state));
  return lines(cell.text ?? String(cell.value ?? ''), false);
}

/** The words of a cell, for filtering and sorting. */
export function cellText(cell) {
  if (!cell) return '';
  if (cell.type !== 'rich_text') return cell.text ?? String(cell.value ?? '');
  return (cell.elements ?? [])
    .flatMap((part) => part.elements ?? [])
    .map((item) => item.text ?? item.url ?? item.name ?? '')
    .join('');
}

export function table(block, surface) {
  const settings = block.column_settings ?? [];
  const cell = (tag) => (item, column) =>
    h(
      tag,
      {
        scope: tag === 'th' ? 'col' : null,
        class: settings[column]?.is_wrapped ? 'wrap' : null,
        style: { 'text-align': settings[column]?.align ?? (item?.type === 'raw_number' ? 'right' : null) },
      },
      cellNodes(item, surface),
    );
  const [head, ...body] = block.rows;
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      { class: 'grid' },
      h('thead', null, h('tr', null, head.map(cell('th')))),
      h(
        'tbody',
        null,
        body.map((row) => h('tr', null, row.map(cell('td')))),
      ),
    ),
  );
}
