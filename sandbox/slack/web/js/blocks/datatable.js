// `data_table`: sorting, filtering and paging happen here, without asking the app.
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { cellNodes, cellText } from './tables.js';

export function dataTable(block, surface) {
  const [head, ...all] = block.rows;
  const memory = ((surface.tables ??= {})[block.block_id] ??= {
    sort: null,
    descending: false,
    filter: '',
    page: 0,
    size: block.page_size ?? 5,
  });
  const numeric = head.map((_, column) => all.length > 0 && all.every((row) => row[column]?.type === 'raw_number'));
  const body = h('tbody');
  const headRow = h('tr');
  const foot = h('div', { class: 'data-foot' });
  const filter = h('input', {
    type: 'search',
    class: 'field data-filter',
    placeholder: 'Filter',
    'aria-label': `Filter ${block.caption}`,
    value: memory.filter,
    oninput: () => {
      memory.filter = filter.value;
      memory.page = 0;
      draw();
    },
    onkeydown: (event) => {
      if (event.key === 'Escape' && filter.value) {
        event.stopPropagation();
        filter.value = '';
        memory.filter = '';
        draw();
      }
    },
  });

  function rows() {
    const wanted = memory.filter.trim().toLowerCase();
    const kept = all.filter((row) => !wanted || row.some((cell) => cellText(cell).toLowerCase().includes(wanted)));
    if (memory.sort === null) return kept;
    const direction = memory.descending ? -1 : 1;
    return [...kept].sort((one, other) => direction * compare(one[memory.sort], other[memory.sort]));
  }

  function draw() {
    const found = rows();
    const pages = Math.max(1, Math.ceil(found.length / memory.size));
    memory.page = Math.min(memory.page, pages - 1);
    const start = memory.page * memory.size;
    replace(
      body,
      found.slice(start, start + memory.size).map(bodyRow),
      found.length ? null : h('tr', null, h('td', { class: 'muted', colspan: head.length }, 'No rows match')),
    );
    replace(
      foot,
      h('span', { class: 'muted', role: 'status' }, range(start, found.length)),
      pages > 1 ? moves(pages) : null,
    );
  }

  const range = (start, count) =>
    (count ? `${start + 1}–${Math.min(start + memory.size, count)} of ${count}` : '0 rows') +
    (memory.filter ? ` (filtered from ${all.length})` : '');

  function moves(pages) {
    const step = (by, label, glyph, off) =>
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': label,
          disabled: off,
          onclick: () => {
            memory.page += by;
            draw();
            focusMove(label);
          },
        },
        icon(glyph, 18),
      );
    return h(
      'span',
      { class: 'data-moves' },
      step(-1, 'Previous page', 'left', memory.page === 0),
      h('span', null, `${memory.page + 1} / ${pages}`),
      step(1, 'Next page', 'right', memory.page === pages - 1),
    );
  }

  function focusMove(label) {
    const again =
      foot.querySelector(`[aria-label="${label}"]:not([disabled])`) ?? foot.querySelector('button:not([disabled])');
    again?.focus();
  }

  function bodyRow(row) {
    return h(
      'tr',
      null,
      row.map((cell, column) =>
        h(
          column === (block.row_header_column_index ?? 0) ? 'th' : 'td',
          {
            scope: column === (block.row_header_column_index ?? 0) ? 'row' : null,
            class: numeric[column] ? 'number' : null,
          },
          cellNodes(cell, surface),
        ),
      ),
    );
  }

  function drawHead() {
    replace(
      headRow,
      head.map((cell, column) =>
        h(
          'th',
          {
            scope: 'col',
            class: numeric[column] ? 'number' : null,
            'aria-sort': memory.sort === column ? (memory.descending ? 'descending' : 'ascending') : 'none',
          },
          h(
            'button',
            { type: 'button', class: 'sort', onclick: () => sortBy(column) },
            cellText(cell),
            icon(memory.sort === column ? (memory.descending ? 'down' : 'up') : 'updown', 14),
          ),
        ),
      ),
    );
  }

  function sortBy(column) {
    const again = memory.sort === column;
    memory.descending = again ? !memory.descending : false;
    memory.sort = column;
    drawHead();
    draw();
    headRow.children[column].querySelector('button').focus();
  }

  drawHead();
  draw();
  return h(
    'div',
    { class: 'data-table' },
    h('div', { class: 'data-head' }, h('strong', null, block.caption), all.length > memory.size ? filter : null),
    h(
      'div',
      { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': `${block.caption}, table` },
      h(
        'table',
        { class: 'grid' },
        h('caption', { class: 'visually-hidden' }, block.caption),
        h('thead', null, headRow),
        body,
      ),
    ),
    all.length > memory.size ? foot : null,
  );
}

function compare(one, other) {
  if (one?.type === 'raw_number' && other?.type === 'raw_number') return Number(one.value) - Number(other.value);
  return cellText(one).localeCompare(cellText(other), undefined, { numeric: true, sensitivity: 'base' });
}
