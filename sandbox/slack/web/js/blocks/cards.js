// Cards, carousels, containers and alerts.
import { h, uid } from '../dom.js';
import { icon } from '../icons.js';
import { richText } from '../richtext.js';
import { namesOf } from '../state.js';
import { element } from './elements.js';
import { image } from './images.js';
import { renderBlock } from './index.js';
import { textNodes, words } from './text.js';

export function card(block, surface) {
  const names = namesOf(surface.state);
  const part = (name) => (block[name] ? h('div', { class: `card-${name}` }, textNodes(block[name], names)) : null);
  const mark = block.icon
    ? image(block.icon, { tiny: true })
    : block.slack_icon
      ? icon(block.slack_icon.name, 20)
      : null;
  return h(
    'article',
    { class: 'card', 'aria-label': words(block.title) || null },
    block.hero_image ? h('div', { class: 'card-hero' }, image(block.hero_image)) : null,
    h(
      'div',
      { class: 'card-inside' },
      h(
        'div',
        { class: 'card-head' },
        mark ? h('span', { class: 'card-icon' }, mark) : null,
        h('div', null, part('title'), part('subtitle')),
      ),
      part('body'),
      part('subtext'),
      block.actions?.length
        ? h(
            'div',
            { class: 'actions card-actions' },
            block.actions.map((item) => element(item, block, surface)),
          )
        : null,
    ),
  );
}

export function carousel(block, surface) {
  const strip = h(
    'div',
    { class: 'carousel-strip', tabindex: '0', role: 'group', 'aria-label': 'Cards, scroll sideways' },
    block.elements.map((item) => card({ ...item, block_id: item.block_id ?? block.block_id }, surface)),
  );
  const move = (step) => strip.scrollBy({ left: step * strip.clientWidth * 0.8, behavior: 'smooth' });
  return h(
    'div',
    { class: 'carousel' },
    strip,
    block.elements.length > 1
      ? h(
          'div',
          { class: 'carousel-moves' },
          h(
            'button',
            { type: 'button', class: 'icon-button', 'aria-label': 'Previous cards', onclick: () => move(-1) },
            icon('left'),
          ),
          h(
            'button',
            { type: 'button', class: 'icon-button', 'aria-label': 'Next cards', onclick: () => move(1) },
            icon('right'),
          ),
        )
      : null,
  );
}

export function container(block, surface) {
  const names = namesOf(surface.state);
  const bodyId = uid('container');
  const body = h(
    'div',
    { class: 'container-body', id: bodyId },
    block.child_blocks.map((child) => h('div', { class: `block block-${child.type}` }, renderBlock(child, surface))),
  );
  const title = block.rich_text_title ? richText(block.rich_text_title.elements, names) : textNodes(block.title);
  const face = [
    block.icon ? image(block.icon, { tiny: true }) : null,
    h(
      'span',
      { class: 'container-words' },
      h('span', { class: 'container-title' }, title),
      block.subtitle ? h('span', { class: 'container-subtitle' }, textNodes(block.subtitle, names)) : null,
    ),
  ];
  return h(
    'section',
    { class: `container container-${block.width ?? 'standard'}`, 'aria-label': words(block.title) || null },
    block.is_collapsible
      ? toggle(face, body, block, surface)
      : h('div', { class: block.has_header_divider ? 'container-head ruled' : 'container-head' }, face),
    body,
  );
}

/** Whether a person opened or closed it outlives redraws, beside the fields' values. */
function toggle(face, body, block, surface) {
  const memory = (surface.opened ??= {});
  const isOpen = () => memory[block.block_id] ?? !block.default_collapsed;
  const button = h(
    'button',
    {
      type: 'button',
      class: 'container-head container-toggle',
      'aria-controls': body.id,
      'aria-expanded': isOpen(),
      onclick: () => {
        memory[block.block_id] = !isOpen();
        show();
      },
    },
    icon('right', 18),
    face,
  );
  const show = () => {
    body.hidden = !isOpen();
    button.setAttribute('aria-expanded', String(isOpen()));
  };
  show();
  return button;
}

const ALERT_ICONS = { info: 'info', warning: 'warning', error: 'error', success: 'success' };

export function alert(block, surface) {
  const level = block.level ?? 'default';
  return h(
    'div',
    { class: `alert alert-${level}`, role: level === 'error' || level === 'warning' ? 'alert' : 'note' },
    icon(ALERT_ICONS[level] ?? 'info'),
    h('div', null, textNodes(block.text, namesOf(surface.state))),
  );
}
