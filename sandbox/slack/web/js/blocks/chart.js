// `data_visualization`: bar, line, area and pie as plain SVG, with the figures as a table beside them.
import { h, s } from '../dom.js';

const HEIGHT = 240;
const PAD = { left: 48, right: 12, top: 12, bottom: 40 };
const COLOURS = 10;

/** Drawn for the room there is, so that words stay readable on a phone. */
function plotWidth() {
  return Math.max(260, Math.min(560, window.innerWidth - 110));
}

function colour(index) {
  return `var(--series-${(index % COLOURS) + 1})`;
}

function number(value) {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 }).format(value);
}

function short(value) {
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

export function chartBlock(block) {
  const { chart } = block;
  const pie = chart.type === 'pie';
  const names = pie ? chart.segments.map((segment) => segment.label) : chart.series.map((series) => series.name);
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', null, block.title),
    pie ? pieOf(chart, block.title) : axesOf(chart, block.title),
    names.length > 1 || pie ? legend(chart, names) : null,
    h('details', { class: 'chart-data' }, h('summary', null, 'Show figures'), figures(chart)),
  );
}

function legend(chart, names) {
  const total = chart.type === 'pie' ? chart.segments.reduce((sum, segment) => sum + segment.value, 0) : 0;
  const share = (index) => (total ? ` ${Math.round((chart.segments[index].value / total) * 100)}%` : '');
  return h(
    'ul',
    { class: 'legend' },
    names.map((name, index) =>
      h(
        'li',
        null,
        h('span', { class: 'legend-dot', style: { '--dot': colour(index) } }),
        name,
        h('span', { class: 'muted' }, share(index)),
      ),
    ),
  );
}

function figures(chart) {
  if (chart.type === 'pie') {
    return h(
      'table',
      { class: 'grid' },
      h(
        'tbody',
        null,
        chart.segments.map((segment) =>
          h('tr', null, h('th', { scope: 'row' }, segment.label), h('td', { class: 'number' }, number(segment.value))),
        ),
      ),
    );
  }
  const categories = categoriesOf(chart);
  return h(
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
          h('th', null, chart.axis_config?.x_label ?? ''),
          chart.series.map((series) => h('th', { scope: 'col' }, series.name)),
        ),
      ),
      h(
        'tbody',
        null,
        categories.map((category) =>
          h(
            'tr',
            null,
            h('th', { scope: 'row' }, category),
            chart.series.map((series) => h('td', { class: 'number' }, number(valueAt(series, category)))),
          ),
        ),
      ),
    ),
  );
}

function categoriesOf(chart) {
  return chart.axis_config?.categories ?? chart.series[0].data.map((point) => point.label);
}

function valueAt(series, category) {
  return series.data.find((point) => point.label === category)?.value ?? 0;
}

/** Round steps for the value axis: at most six of 1, 2 or 5 times a power of ten. */
function ticks(low, high) {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const values = [];
  for (let value = Math.floor(low / step) * step; value < high + step; value += step)
    values.push(Number(value.toFixed(10)));
  return values;
}

function axesOf(chart, title) {
  const categories = categoriesOf(chart);
  const values = chart.series.flatMap((series) => categories.map((category) => valueAt(series, category)));
  const steps = ticks(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [steps[0], steps.at(-1)];
  const width = plotWidth();
  const band = (width - PAD.left - PAD.right) / categories.length;
  const scale = {
    band,
    width,
    x: (index) => PAD.left + band * (index + 0.5),
    y: (value) => PAD.top + (HEIGHT - PAD.top - PAD.bottom) * (1 - (value - low) / (high - low || 1)),
  };
  const draw = { bar: bars, line: linesOf, area: areas }[chart.type] ?? bars;
  return s(
    'svg',
    { class: 'plot', viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': `${title}, ${chart.type} chart` },
    steps
      .map((value) => [
        s('line', {
          class: value === 0 ? 'axis' : 'rule',
          x1: PAD.left,
          x2: width - PAD.right,
          y1: scale.y(value),
          y2: scale.y(value),
        }),
        s('text', { class: 'tick', x: PAD.left - 8, y: scale.y(value) + 4, 'text-anchor': 'end' }, short(value)),
      ])
      .flat(),
    draw(chart, categories, scale),
    categoryLabels(categories, scale),
    axisNames(chart, width),
  );
}

function categoryLabels(categories, scale) {
  const every = Math.ceil((categories.length * 56) / (scale.width - PAD.left));
  const room = Math.max(6, Math.floor((scale.band * every) / 6.5));
  return categories.map((category, index) =>
    index % every
      ? null
      : s(
          'text',
          { class: 'tick', x: scale.x(index), y: HEIGHT - PAD.bottom + 16, 'text-anchor': 'middle' },
          category.length > room ? `${category.slice(0, room - 1)}…` : category,
          s('title', null, category),
        ),
  );
}

function axisNames(chart, width) {
  const { x_label: x, y_label: y } = chart.axis_config ?? {};
  return [
    x ? s('text', { class: 'axis-name', x: (width + PAD.left) / 2, y: HEIGHT - 4, 'text-anchor': 'middle' }, x) : null,
    y
      ? s(
          'text',
          {
            class: 'axis-name',
            x: 12,
            y: (HEIGHT - PAD.bottom) / 2,
            'text-anchor': 'middle',
            transform: `rotate(-90 12 ${(HEIGHT - PAD.bottom) / 2})`,
          },
          y,
        )
      : null,
  ];
}

function bars(chart, categories, { band, x, y }) {
  const width = Math.min(40, (band * 0.72) / chart.series.length);
  return chart.series.flatMap((series, place) =>
    categories.map((category, index) => {
      const value = valueAt(series, category);
      return s(
        'rect',
        {
          x: x(index) + (place - chart.series.length / 2) * width + 1,
          width: Math.max(width - 2, 1),
          rx: 2,
          y: Math.min(y(value), y(0)),
          height: Math.max(Math.abs(y(0) - y(value)), 0.5),
          style: { fill: colour(place) },
        },
        s('title', null, `${series.name}, ${category}: ${number(value)}`),
      );
    }),
  );
}

function pathOf(series, categories, { x, y }) {
  return categories
    .map((category, index) => `${index ? 'L' : 'M'}${x(index)} ${y(valueAt(series, category))}`)
    .join('');
}

function linesOf(chart, categories, scale) {
  return chart.series.flatMap((series, place) => [
    s('path', { class: 'stroke', d: pathOf(series, categories, scale), style: { stroke: colour(place) } }),
    ...categories.map((category, index) =>
      s(
        'circle',
        {
          cx: scale.x(index),
          cy: scale.y(valueAt(series, category)),
          r: 3.5,
          style: { fill: colour(place) },
        },
        s('title', null, `${series.name}, ${category}: ${number(valueAt(series, category))}`),
      ),
    ),
  ]);
}

function areas(chart, categories, scale) {
  const fills = chart.series.map((series, place) =>
    s('path', {
      class: 'area',
      style: { fill: colour(place) },
      d: `${pathOf(series, categories, scale)}L${scale.x(categories.length - 1)} ${scale.y(0)}L${scale.x(0)} ${scale.y(0)}Z`,
    }),
  );
  return [...fills, ...linesOf(chart, categories, scale)];
}

function pieOf(chart, title) {
  const total = chart.segments.reduce((sum, segment) => sum + segment.value, 0);
  let from = -Math.PI / 2;
  const slices = chart.segments.map((segment, index) => {
    const angle = Math.min((segment.value / total) * 2 * Math.PI, 2 * Math.PI - 0.0001);
    const d = slice(from, from + angle);
    from += angle;
    return s(
      'path',
      { d, class: 'slice', style: { fill: colour(index) } },
      s('title', null, `${segment.label}: ${number(segment.value)}`),
    );
  });
  return s(
    'svg',
    { class: 'plot plot-pie', viewBox: '0 0 200 200', role: 'img', 'aria-label': `${title}, pie chart` },
    slices,
    s('text', { class: 'pie-total', x: 100, y: 106, 'text-anchor': 'middle' }, short(total)),
  );
}

function slice(from, to) {
  const at = (radius, angle) => `${100 + radius * Math.cos(angle)} ${100 + radius * Math.sin(angle)}`;
  const large = to - from > Math.PI ? 1 : 0;
  return `M${at(92, from)}A92 92 0 ${large} 1 ${at(92, to)}L${at(54, to)}A54 54 0 ${large} 0 ${at(54, from)}Z`;
}
