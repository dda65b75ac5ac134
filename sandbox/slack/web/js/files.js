// Files under a message: an image, or a row with a preview of PDF and CSV.
import { h, replace } from './dom.js';
import { openDialog } from './dialog.js';
import { icon } from './icons.js';

const PREVIEW_ROWS = 30;
const PREVIEW_LETTERS = 20_000;
const TEXTS = ['json', 'yaml', 'yml', 'txt', 'text', 'md', 'log', 'xml'];
const SHOWN_AS_WORDS = ['pdf', 'csv'];

/** A size as people read it. */
export function sizeWords(bytes) {
  if (!bytes) return '';
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function kindOf(file) {
  const type = (file.mimetype ?? '').toLowerCase();
  const ending = (file.filetype ?? file.name?.split('.').pop() ?? '').toLowerCase();
  if (type.startsWith('image/') || ['png', 'jpg', 'jpeg', 'gif'].includes(ending)) return 'image';
  if (type === 'application/pdf' || ending === 'pdf') return 'pdf';
  if (type.includes('csv') || ending === 'csv') return 'csv';
  if (TEXTS.includes(ending)) return 'text';
  return 'other';
}

/** The address as this page reaches it, whatever host name the server put in front. */
function addressOf(file) {
  const url = file.url_private ?? file.url_private_download ?? file.permalink ?? '';
  try {
    const { pathname, search } = new URL(url, window.location.href);
    return `${pathname}${search}`;
  } catch {
    return '';
  }
}

export function fileNode(file) {
  const kind = kindOf(file);
  const url = addressOf(file);
  const title = file.title || file.name || file.id;
  if (kind === 'image') {
    return h(
      'figure',
      { class: 'file-image' },
      h('figcaption', { class: 'muted' }, title),
      h(
        'a',
        { href: url, target: '_blank', rel: 'noopener' },
        h('img', { src: url, alt: file.alt_txt || title, loading: 'lazy' }),
      ),
    );
  }
  const preview = ['pdf', 'csv', 'text'].includes(kind);
  const named = SHOWN_AS_WORDS.includes(kind) ? kind.toUpperCase() : null;
  return h(
    'div',
    { class: 'file' },
    h('span', { class: `file-kind file-${kind}` }, named ?? icon('file')),
    h(
      'span',
      { class: 'file-words' },
      h('strong', null, title),
      h(
        'span',
        { class: 'muted' },
        [named ?? file.pretty_type ?? 'File', sizeWords(file.size)]
          .filter(Boolean)
          .join(' · '),
      ),
    ),
    preview
      ? h('button', { type: 'button', class: 'btn btn-small', onclick: () => open(kind, url, title) }, 'Preview')
      : null,
    h(
      'a',
      {
        class: 'icon-button',
        href: url,
        download: file.name ?? '',
        'aria-label': `Download ${title}`,
        title: 'Download',
      },
      icon('download'),
    ),
  );
}

function open(kind, url, title) {
  const body = kind === 'pdf' ? pdf(url) : h('div', { class: kind, 'aria-busy': 'true' }, 'Loading…');
  if (kind === 'csv') fillCsv(body, url);
  if (kind === 'text') fillText(body, url);
  return openDialog(() => ({ title, body }), { wide: true });
}

function pdf(url) {
  const instead = h('p', null, 'This browser cannot show PDF files. ', h('a', { class: 'link', href: url }, 'Download it'));
  return h('object', { class: 'pdf', data: url, type: 'application/pdf' }, instead);
}

async function fillText(node, url) {
  const response = await fetch(url);
  const text = response.ok ? await response.text() : 'The file could not be read.';
  const cut = text.length > PREVIEW_LETTERS;
  node.removeAttribute('aria-busy');
  replace(
    node,
    h('pre', { class: 'code-block file-text', tabindex: '0' }, h('code', null, text.slice(0, PREVIEW_LETTERS))),
    cut ? h('p', { class: 'muted' }, 'The beginning of a longer file.') : null,
  );
}

async function fillCsv(node, url) {
  const response = await fetch(url);
  const rows = response.ok ? parseCsv(await response.text()) : [];
  const [head, ...rest] = rows;
  node.removeAttribute('aria-busy');
  replace(
    node,
    head
      ? h(
          'div',
          { class: 'table-scroll' },
          h(
            'table',
            { class: 'grid' },
            h(
              'thead',
              null,
              h(
                'tr',
                null,
                head.map((cell) => h('th', { scope: 'col' }, cell)),
              ),
            ),
            h(
              'tbody',
              null,
              rest.slice(0, PREVIEW_ROWS).map((row) =>
                h(
                  'tr',
                  null,
                  row.map((cell) => h('td', null, cell)),
                ),
              ),
            ),
          ),
        )
      : 'The file could not be read.',
    rest.length > PREVIEW_ROWS ? h('p', { class: 'muted' }, `The first ${PREVIEW_ROWS} of ${rest.length} rows.`) : null,
  );
}

/** RFC 4180: quoted fields may hold commas, quotes and line breaks. */
export function parseCsv(text) {
  const rows = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g;
  for (const [whole, quoted, plain, end] of text.replace(/^\uFEFF/, '').matchAll(pattern)) {
    if (!whole) break;
    rows.at(-1).push(quoted === undefined ? plain : quoted.replace(/""/g, '"'));
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 1 || row[0]);
}
