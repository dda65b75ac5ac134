// The standard Markdown of `markdown` blocks: a small subset, built as nodes, never as markup.
import { h } from './dom.js';
import { emojify } from './emoji.js';
import { link } from './mrkdwn.js';

const INLINE = [
  [/^`([^`]+)`/, (m) => h('code', { class: 'code' }, m[1])],
  [/^!?\[([^\]]+)\]\(([^()\s]+(?:\([^()]*\))?[^()\s]*)\)/, (m) => link(m[2], ...inline(m[1]))],
  [/^\*\*(?=\S)(.+?\S?)\*\*/, (m) => h('b', null, inline(m[1]))],
  [/^__(?=\S)(.+?\S?)__/, (m) => h('b', null, inline(m[1]))],
  [/^~~(?=\S)(.+?\S?)~~/, (m) => h('s', null, inline(m[1]))],
  [/^\*(?=[^\s*])(.+?)\*(?!\*)/, (m) => h('i', null, inline(m[1]))],
  [/^_(?=[^\s_])(.+?)_(?![\p{L}\p{N}])/u, (m) => h('i', null, inline(m[1]))],
  [/^<(https?:[^>\s]+)>/, (m) => link(m[1], m[1])],
  [/^https?:\/\/[^\s<>)]+[^\s<>).,;:!?]/, (m) => link(m[0], m[0])],
  [/^\\([\\`*_{}[\]()#+\-.!|~>])/, (m) => m[1]],
];

function inline(text) {
  const nodes = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain) nodes.push(...emojify(plain));
    plain = '';
  };
  while (at < text.length) {
    const found = matchAt(text, at);
    if (found) {
      flush();
      nodes.push(found.node);
      at += found.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function matchAt(text, at) {
  const rest = text.slice(at);
  const insideWord = at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1]);
  for (const [pattern, make] of INLINE) {
    const match = pattern.exec(rest);
    if (match && !(insideWord && rest[0] === '_')) return { node: make(match), length: match[0].length };
  }
  return null;
}

/** Nodes for a Markdown text. */
export function markdown(text) {
  const rows = text.replace(/\r\n?/g, '\n').split('\n');
  const nodes = [];
  let at = 0;
  while (at < rows.length) {
    const [node, next] = blockAt(rows, at);
    if (node) nodes.push(node);
    at = next;
  }
  return nodes;
}

const LIST_ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const STARTS_BLOCK = /^(#{1,6}\s|```|>|\s*([-*+]|\d+[.)])\s+|\s*$|(-{3,}|\*{3,})\s*$)/;

function blockAt(rows, at) {
  const row = rows[at];
  if (!row.trim()) return [null, at + 1];
  if (row.startsWith('```')) return fenced(rows, at);
  if (/^(-{3,}|\*{3,}|_{3,})\s*$/.test(row)) return [h('hr'), at + 1];
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(row);
  if (heading)
    return [
      h(
        'div',
        { class: `md-h md-h${heading[1].length}`, role: 'heading', 'aria-level': heading[1].length },
        inline(heading[2]),
      ),
      at + 1,
    ];
  if (row.startsWith('>')) return quoted(rows, at);
  if (LIST_ITEM.test(row)) return list(rows, at);
  if (row.includes('|') && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(rows[at + 1] ?? ''))
    return table(rows, at);
  return paragraph(rows, at);
}

function takeWhile(rows, at, test) {
  let end = at;
  while (end < rows.length && test(rows[end])) end += 1;
  return end;
}

function fenced(rows, at) {
  const end = takeWhile(rows, at + 1, (row) => !row.startsWith('```'));
  return [h('pre', { class: 'code-block' }, h('code', null, rows.slice(at + 1, end).join('\n'))), end + 1];
}

function quoted(rows, at) {
  const end = takeWhile(rows, at, (row) => row.startsWith('>'));
  const inner = rows
    .slice(at, end)
    .map((row) => row.replace(/^>\s?/, ''))
    .join('\n');
  return [h('blockquote', null, markdown(inner)), end];
}

function paragraph(rows, at) {
  const end = Math.max(
    takeWhile(rows, at, (row) => !STARTS_BLOCK.test(row)),
    at + 1,
  );
  const children = rows.slice(at, end).flatMap((row, index) => [index ? h('br') : null, ...inline(row)]);
  return [h('p', null, children), end];
}

function list(rows, at) {
  const base = LIST_ITEM.exec(rows[at])[1].length;
  const ordered = /\d/.test(LIST_ITEM.exec(rows[at])[2]);
  const items = [];
  let row = at;
  while (row < rows.length) {
    const match = LIST_ITEM.exec(rows[row]);
    if (!match || match[1].length < base) break;
    if (match[1].length > base) {
      const [nested, next] = list(rows, row);
      (items.at(-1) ?? items[items.push(h('li')) - 1]).append(nested);
      row = next;
    } else {
      items.push(listItem(match[3]));
      row += 1;
    }
  }
  return [h(ordered ? 'ol' : 'ul', { class: 'rt-list' }, items), row];
}

function listItem(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return h('li', null, inline(text));
  return h(
    'li',
    { class: 'md-task' },
    h('input', { type: 'checkbox', disabled: true, checked: task[1] !== ' ', 'aria-label': task[2] }),
    inline(task[2]),
  );
}

function table(rows, at) {
  const end = takeWhile(rows, at, (row) => row.includes('|'));
  const cells = (row) =>
    row
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim());
  const align = cells(rows[at + 1]).map((rule) =>
    /^:-+:$/.test(rule) ? 'center' : rule.endsWith(':') ? 'right' : null,
  );
  const line = (row, tag) =>
    h(
      'tr',
      null,
      cells(row).map((cell, index) => h(tag, { style: { 'text-align': align[index] } }, inline(cell))),
    );
  const body = rows.slice(at + 2, end).map((row) => line(row, 'td'));
  return [
    h(
      'div',
      { class: 'table-scroll' },
      h('table', { class: 'grid' }, h('thead', null, line(rows[at], 'th')), h('tbody', null, body)),
    ),
    end,
  ];
}
