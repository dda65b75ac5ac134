// The dialog a view is drawn in: head, scrolling body, footer, and where the focus goes.
import { controlsIn } from './blocks/layout.js';
import { words } from './blocks/text.js';
import { trapTab } from './dialog.js';
import { focusables, h, replace, uid } from './dom.js';
import { icon } from './icons.js';
import { layers, overlay, tip } from './popover.js';
import { avatar } from './people.js';

const TYPED_INTO = 'input:not([type=checkbox]):not([type=radio]):not([type=file]):not([role=combobox])';

export class ModalShell {
  /** `onClose(all)` and `onSubmit()` are what its buttons and keys ask for. */
  constructor(state, { onClose, onSubmit }) {
    this.onClose = onClose;
    this.onSubmit = onSubmit;
    this.before = document.activeElement;
    this.body = h('div', { class: 'modal-body blocks' });
    this.failure = h('div', { class: 'message-error', role: 'alert', hidden: true });
    this.cancel = h('button', { type: 'button', class: 'btn btn-large', onclick: () => onClose(false) });
    this.submit = h('button', { type: 'button', class: 'btn btn-primary btn-large', onclick: () => onSubmit() });
    this.dialog = this.makeDialog(state);
    this.cover = h('div', { class: 'overlay' }, this.dialog);
    overlay(this.cover, true);
    this.dialog.focus();
  }

  makeDialog(state) {
    const titleId = uid('modal');
    this.title = h('h2', { id: titleId });
    this.back = iconButton('Back', 'back', () => this.onClose(false));
    return h(
      'div',
      {
        class: 'modal',
        role: 'dialog',
        'aria-modal': 'true',
        'aria-labelledby': titleId,
        tabindex: '-1',
        onkeydown: (event) => this.onKey(event),
      },
      h(
        'header',
        { class: 'modal-head' },
        this.back,
        avatar(state, state.app.bot_user_id, 28),
        this.title,
        iconButton('Close', 'close', () => this.onClose(true)),
      ),
      this.body,
      this.failure,
      h('footer', { class: 'modal-foot' }, this.cancel, this.submit),
    );
  }

  /** Title and buttons of the view on top; `nested` shows Back. */
  dress(view, { nested }) {
    replace(this.title, words(view.title));
    this.back.hidden = !nested;
    this.submit.hidden = !view.submit;
    this.submit.disabled = Boolean(view.submit_disabled);
    replace(this.submit, h('span', { class: 'btn-face' }, view.submit ? words(view.submit) : ''));
    replace(this.cancel, view.close ? words(view.close) : view.submit ? 'Cancel' : 'Close');
  }

  empty() {
    replace(this.body);
    this.failure.hidden = true;
    this.body.scrollTop = 0;
  }

  setBusy(on) {
    this.submit.setAttribute('aria-busy', String(on));
    this.dialog.classList.toggle('busy', on);
  }

  /** The field that asks for the focus, else the first one, else the dialog. */
  focusFirst(view) {
    const wanted = view.blocks.findIndex((block) => block.element?.focus_on_load);
    const first = view.blocks.findIndex((block) => block.type === 'input');
    const node = this.body.children[wanted >= 0 ? wanted : first];
    (node ? (focusables(node)[0] ?? this.dialog) : this.dialog).focus();
  }

  /** True while no control of the dialog, or of a list above it, has the focus. */
  get isIdle() {
    const { activeElement } = document;
    return activeElement === this.dialog || !layers().contains(activeElement);
  }

  inputOf(blockId) {
    return this.body.querySelector(`[data-input="${CSS.escape(blockId)}"]`);
  }

  focusInput(blockId) {
    const node = this.inputOf(blockId);
    (controlsIn(node)[0] ?? node).focus();
    node.scrollIntoView({ block: 'nearest' });
  }

  /** Take the error from a field without redrawing the field under the caret. */
  clearError(blockId) {
    const node = this.inputOf(blockId);
    node?.classList.remove('has-error');
    node?.querySelector('.field-error')?.remove();
    node?.querySelectorAll('[aria-invalid]').forEach((item) => item.removeAttribute('aria-invalid'));
  }

  /** Leave the page; false when what had the focus before is gone. */
  leave() {
    overlay(this.cover, false);
    if (!this.before?.isConnected || this.before === document.body) return false;
    this.before.focus({ preventScroll: true });
    return true;
  }

  onKey(event) {
    trapTab(this.dialog, event);
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.onClose(false);
    }
    const sends = event.target.matches(TYPED_INTO) || event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && sends && !event.isComposing) {
      event.preventDefault();
      this.onSubmit();
    }
  }
}

function iconButton(label, glyph, onclick) {
  return h('button', { type: 'button', class: 'icon-button', ...tip(label), onclick }, icon(glyph));
}
