// `data_table`: sorting, filtering and paging happen here, without asking the app.
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { cellNodes, cellText } from './tables.js';

export function dataTable(block, surface) {
  return new DataTable(block, surface).node;
}

class DataTable {
  constructor(block, surface) {
    [this.head, ...this.all] = block.rows;
    this.block = block;
    this.surface = surface;
    this.memory = rememberedBy(surface, block);
    this.numeric = this.head.map((_, column) => this.all.every((row) => row[column]?.type === 'raw_number'));
    this.headRow = h('tr');
    this.body = h('tbody');
    this.foot = h('div', { class: 'data-foot' });
    this.node = this.layout();
    this.drawHead();
    this.draw();
  }

  layout() {
    const { caption } = this.block;
    const long = this.all.length > this.memory.size;
    const table = h(
      'table',
      { class: 'grid' },
      h('caption', { class: 'visually-hidden' }, caption),
      h('thead', null, this.headRow),
      this.body,
    );
    return h(
      'div',
      { class: 'data-table' },
      h('div', { class: 'data-head' }, h('strong', null, caption), long ? this.filterField() : null),
      h('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': `${caption}, table` }, table),
      long ? this.foot : null,
    );
  }

  filterField() {
    const field = h('input', {
      type: 'search',
      class: 'field data-filter',
      placeholder: 'Filter',
      'aria-label': `Filter ${this.block.caption}`,
      value: this.memory.filter,
      oninput: () => this.filterBy(field.value),
      onkeydown: (event) => {
        if (event.key !== 'Escape' || !field.value) return;
        event.stopPropagation();
        field.value = '';
        this.filterBy('');
      },
    });
    return field;
  }

  filterBy(text) {
    Object.assign(this.memory, { filter: text, page: 0 });
    this.draw();
  }

  found() {
    const { sort, descending, filter } = this.memory;
    const wanted = filter.trim().toLowerCase();
    const kept = this.all.filter((row) => row.some((cell) => cellText(cell).toLowerCase().includes(wanted)));
    if (sort === null) return kept;
    const direction = descending ? -1 : 1;
    return [...kept].sort((one, other) => direction * compare(one[sort], other[sort]));
  }

  draw() {
    const { memory } = this;
    const found = this.found();
    const pages = Math.max(1, Math.ceil(found.length / memory.size));
    memory.page = Math.min(memory.page, pages - 1);
    const start = memory.page * memory.size;
    const rows = found.slice(start, start + memory.size).map((row) => this.bodyRow(row));
    replace(this.body, rows.length ? rows : this.noRows());
    const range = h('span', { class: 'muted', role: 'status' }, this.rangeWords(start, found.length));
    replace(this.foot, range, pages > 1 ? this.moves(pages) : null);
  }

  noRows() {
    return h('tr', null, h('td', { class: 'muted', colspan: this.head.length }, 'No rows match'));
  }

  rangeWords(start, count) {
    const { size, filter } = this.memory;
    const range = count ? `${start + 1}–${Math.min(start + size, count)} of ${count}` : '0 rows';
    return filter ? `${range} (filtered from ${this.all.length})` : range;
  }

  moves(pages) {
    const { page } = this.memory;
    return h(
      'span',
      { class: 'data-moves' },
      this.moveButton('Previous page', 'left', -1, page === 0),
      h('span', null, `${page + 1} / ${pages}`),
      this.moveButton('Next page', 'right', 1, page === pages - 1),
    );
  }

  moveButton(label, glyph, by, disabled) {
    const move = () => {
      this.memory.page += by;
      this.draw();
      const again = this.foot.querySelector(`[aria-label="${label}"]:not(:disabled)`);
      (again ?? this.foot.querySelector('button:not(:disabled)'))?.focus();
    };
    const props = { type: 'button', class: 'icon-button', 'aria-label': label, disabled, onclick: move };
    return h('button', props, icon(glyph, 18));
  }

  bodyRow(row) {
    const header = this.block.row_header_column_index ?? 0;
    const cells = row.map((cell, column) => {
      const props = { scope: column === header ? 'row' : null, class: this.numeric[column] ? 'number' : null };
      return h(column === header ? 'th' : 'td', props, cellNodes(cell, this.surface));
    });
    return h('tr', null, cells);
  }

  drawHead() {
    replace(
      this.headRow,
      this.head.map((cell, column) => this.headCell(cell, column)),
    );
  }

  headCell(cell, column) {
    const { sort, descending } = this.memory;
    const direction = descending ? 'descending' : 'ascending';
    const glyph = sort === column ? { ascending: 'up', descending: 'down' }[direction] : 'updown';
    const props = {
      scope: 'col',
      class: this.numeric[column] ? 'number' : null,
      'aria-sort': sort === column ? direction : 'none',
    };
    const button = h(
      'button',
      { type: 'button', class: 'sort', onclick: () => this.sortBy(column) },
      cellText(cell),
      icon(glyph, 14),
    );
    return h('th', props, button);
  }

  sortBy(column) {
    const { memory } = this;
    memory.descending = memory.sort === column && !memory.descending;
    memory.sort = column;
    this.drawHead();
    this.draw();
    this.headRow.children[column].querySelector('button').focus();
  }
}

/** How a person left the table outlives redraws, beside the fields' values. */
function rememberedBy(surface, block) {
  surface.tables ??= {};
  const fresh = { sort: null, descending: false, filter: '', page: 0, size: block.page_size ?? 5 };
  surface.tables[block.block_id] ??= fresh;
  return surface.tables[block.block_id];
}

function compare(one, other) {
  if (one?.type === 'raw_number' && other?.type === 'raw_number') return Number(one.value) - Number(other.value);
  return cellText(one).localeCompare(cellText(other), undefined, { numeric: true, sensitivity: 'base' });
}
