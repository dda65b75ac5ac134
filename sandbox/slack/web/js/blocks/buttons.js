// Buttons and menus that send an action at once.
import { h } from '../dom.js';
import { confirmed } from '../dialog.js';
import { icon } from '../icons.js';
import { openMenu } from '../menu.js';
import { textNodes, words } from './text.js';

const STYLES = { primary: 'btn btn-primary', danger: 'btn btn-danger' };

/** True when the element asks nothing, or the person agreed. */
export async function agreed(element) {
  return !element.confirm || confirmed(element.confirm, words);
}

/** Send an action while `control` shows that it is under way; asks first when the element has `confirm`. */
export async function press(control, env, element, value) {
  if (control.getAttribute('aria-busy') === 'true' || !(await agreed(element))) return;
  control.setAttribute('aria-busy', 'true');
  await env.surface.act(env.block, element, value);
  control.removeAttribute('aria-busy');
}

export function button(element, env) {
  const props = {
    class: STYLES[element.style] ?? 'btn',
    'aria-label': element.accessibility_label,
    dataset: { action: element.action_id, field: `${env.block.block_id}/${element.action_id}` },
    onclick: (event) => press(event.currentTarget, env, element, {}),
  };
  const face = h('span', { class: 'btn-face' }, textNodes(element.text, env.names));
  if (!element.url) return h('button', { type: 'button', ...props }, face);
  // A link button opens its address and still tells the app.
  return h(
    'a',
    { href: element.url, target: '_blank', rel: 'noopener noreferrer', role: 'link', ...props },
    face,
    icon('external', 15),
  );
}

export function overflow(element, env) {
  const control = h(
    'button',
    {
      type: 'button',
      class: 'btn btn-icon',
      'aria-label': 'More options',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      dataset: { action: element.action_id },
      onclick: () =>
        openMenu(
          control,
          element.options.map((option) => ({
            label: words(option.text),
            detail: option.description ? words(option.description) : null,
            onpick: () => pick(option),
          })),
          { label: 'More options' },
        ),
    },
    icon('more'),
  );
  const pick = (option) => {
    if (/^https?:/i.test(option.url ?? '')) window.open(option.url, '_blank', 'noopener');
    press(control, env, element, { selected_option: option });
  };
  return control;
}

export function iconButton(element, env) {
  const visible = element.visible_to_user_ids;
  if (visible && !visible.includes(env.names.viewer)) return null;
  return h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      title: words(element.text),
      'aria-label': element.accessibility_label ?? words(element.text),
      onclick: (event) => press(event.currentTarget, env, element, {}),
    },
    icon(element.icon, 18),
  );
}

export function feedbackButtons(element, env) {
  const one = (choice, glyph) =>
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        title: words(choice.text),
        'aria-label': choice.accessibility_label ?? words(choice.text),
        'aria-pressed': 'false',
        onclick: (event) => {
          for (const other of group.children) other.setAttribute('aria-pressed', String(other === event.currentTarget));
          press(event.currentTarget, env, element, { value: choice.value, text: choice.text });
        },
      },
      icon(glyph, 18),
    );
  const group = h(
    'span',
    { class: 'feedback', role: 'group', 'aria-label': 'Feedback' },
    one(element.positive_button, 'thumbs-up'),
    one(element.negative_button, 'thumbs-down'),
  );
  return group;
}
