// Dialogs over the page: focus stays inside, Escape closes, focus returns to where it was.
import { focusables, h, uid } from './dom.js';
import { icon } from './icons.js';
import { overlay } from './popover.js';

/** Keep Tab inside `root`. */
export function trapTab(root, event) {
  if (event.key !== 'Tab') return;
  const stops = focusables(root);
  if (!stops.length) {
    event.preventDefault();
    return;
  }
  const [first, last] = [stops[0], stops.at(-1)];
  const inside = root.contains(document.activeElement) && document.activeElement !== root;
  if (event.shiftKey && (document.activeElement === first || !inside)) {
    event.preventDefault();
    last.focus();
  }
  if (!event.shiftKey && (document.activeElement === last || !inside)) {
    event.preventDefault();
    first.focus();
  }
}

/** A small dialog; `build(close)` returns {title, body, footer, focus?}. Resolves with what close was given. */
export function openDialog(build, { role = 'dialog', wide = false } = {}) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const titleId = uid('dialog');
    const close = (result) => {
      overlay(cover, false);
      if (before?.isConnected) before.focus({ preventScroll: true });
      resolve(result);
    };
    const { title, body, footer, focus } = build(close);
    const dialog = h(
      'div',
      {
        class: wide ? 'dialog wide' : 'dialog',
        role,
        'aria-modal': 'true',
        'aria-labelledby': titleId,
        tabindex: '-1',
        onkeydown: (event) => {
          event.stopPropagation();
          trapTab(dialog, event);
          if (event.key === 'Escape') close(null);
        },
      },
      h(
        'header',
        { class: 'dialog-head' },
        h('h2', { id: titleId }, title),
        h(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': 'Close dialog', onclick: () => close(null) },
          icon('close'),
        ),
      ),
      h('div', { class: 'dialog-body' }, body),
      footer ? h('footer', { class: 'dialog-foot' }, footer) : null,
    );
    const cover = h('div', { class: 'overlay overlay-top' }, dialog);
    overlay(cover, true);
    (focus ?? dialog).focus();
  });
}

/** Block Kit's confirm object as a question; true when the person agreed. */
export async function confirmed(confirm, words) {
  const answer = await openDialog(
    (close) => {
      const yes = h(
        'button',
        {
          type: 'button',
          class: `btn ${confirm.style === 'danger' ? 'btn-danger' : 'btn-primary'}`,
          onclick: () => close(true),
        },
        words(confirm.confirm),
      );
      return {
        title: words(confirm.title),
        body: h('p', null, words(confirm.text)),
        footer: [h('button', { type: 'button', class: 'btn', onclick: () => close(false) }, words(confirm.deny)), yes],
        focus: yes,
      };
    },
    { role: 'alertdialog' },
  );
  return answer === true;
}
