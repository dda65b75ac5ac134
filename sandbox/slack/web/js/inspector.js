// A drawer that shows what went over the wire last: Web API calls and deliveries to the app.
import { h, replace } from './dom.js';
import { openDialog } from './dialog.js';

const SHOWN = 40;

export function openInspector({ api }) {
  const body = h('div', { class: 'inspector' }, 'Loading…');
  const load = async () => {
    const log = await api.log();
    const rows = [...(log.deliveries ?? []).map(delivery), ...(log.calls ?? []).map(call)];
    rows.sort((one, other) => (one.at < other.at ? 1 : -1));
    replace(
      body,
      rows.length
        ? h('ul', { class: 'inspector-list' }, rows.slice(0, SHOWN).map(row))
        : h('p', { class: 'muted' }, 'Nothing yet.'),
    );
  };
  load();
  return openDialog(
    () => ({
      title: 'Inspector',
      body: [h('p', { class: 'muted' }, `The last ${SHOWN} exchanges between this workspace and the app.`), body],
      footer: h('button', { type: 'button', class: 'btn', onclick: load }, 'Refresh'),
    }),
    { wide: true },
  );
}

function delivery(item) {
  return {
    at: item.at,
    way: 'to the app',
    title: `${item.kind}${item.payload_type ? ` · ${item.payload_type}` : ''}`,
    good: !/timeout|fail|error/.test(item.outcome ?? ''),
    note: [item.outcome, item.ack_ms ? `${Math.round(item.ack_ms)} ms` : null].filter(Boolean).join(', '),
    detail: item,
  };
}

function call(item) {
  return {
    at: item.at,
    way: 'from the app',
    title: item.method,
    good: item.ok,
    note: item.ok ? 'ok' : item.error,
    detail: item,
  };
}

function row(item) {
  return h(
    'li',
    null,
    h(
      'details',
      null,
      h(
        'summary',
        null,
        h('span', { class: 'inspector-way' }, item.way),
        h('strong', null, item.title),
        h('span', { class: item.good ? 'muted' : 'bad' }, item.note),
      ),
      h('pre', { class: 'code-block' }, JSON.stringify(item.detail, null, 2)),
    ),
  );
}
