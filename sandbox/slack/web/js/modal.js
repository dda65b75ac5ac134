// Modals: the top of the view stack as a dialog, with field errors, loading states and kept typing.
import { createSurface, renderBlocks } from './blocks/index.js';
import { controlsIn } from './blocks/layout.js';
import { words } from './blocks/text.js';
import { fieldErrors } from './blocks/validate.js';
import { collect, prune } from './blocks/values.js';
import { trapTab } from './dialog.js';
import { focusables, h, replace, uid } from './dom.js';
import { icon } from './icons.js';
import { showFailure } from './message.js';
import { layers, overlay, tip } from './popover.js';
import { avatar } from './people.js';

/** Shows the stack of the member who is looking; {sync(stack), errors(viewId, errors), clear()}. */
export function createModals(app) {
  const { state, api } = app;
  const surfaces = new Map();
  let stack = [];
  let shell = null;
  let before = null;

  const top = () => stack.at(-1);

  function sync(next) {
    const previous = top();
    stack = next ?? [];
    for (const id of surfaces.keys()) if (!stack.some((view) => view.id === id)) surfaces.delete(id);
    if (!stack.length) {
      shut();
      return;
    }
    if (!shell) openShell();
    draw(previous?.id !== top().id);
  }

  function openShell() {
    before = document.activeElement;
    const titleId = uid('modal');
    const parts = {
      title: h('h2', { id: titleId }),
      back: h(
        'button',
        { type: 'button', class: 'icon-button', ...tip('Back'), onclick: () => close(false) },
        icon('back'),
      ),
      body: h('div', { class: 'modal-body blocks' }),
      foot: h('footer', { class: 'modal-foot' }),
      failure: h('div', { class: 'message-error', role: 'alert', hidden: true }),
    };
    const dialog = h(
      'div',
      {
        class: 'modal',
        role: 'dialog',
        'aria-modal': 'true',
        'aria-labelledby': titleId,
        tabindex: '-1',
        onkeydown: (event) => onKey(event),
      },
      h(
        'header',
        { class: 'modal-head' },
        parts.back,
        avatar(state, state.app.bot_user_id, 28),
        parts.title,
        h(
          'button',
          { type: 'button', class: 'icon-button', ...tip('Close'), onclick: () => close(true) },
          icon('close'),
        ),
      ),
      parts.body,
      parts.failure,
      parts.foot,
    );
    shell = { ...parts, dialog, cover: h('div', { class: 'overlay' }, dialog) };
    overlay(shell.cover, true);
    dialog.focus();
  }

  function shut() {
    if (!shell) return;
    overlay(shell.cover, false);
    shell = null;
    surfaces.clear();
    if (before?.isConnected) before.focus();
    else app.focusComposer();
  }

  function draw(isNew) {
    const view = top();
    const surface = surfaceOf(view);
    replace(shell.title, words(view.title));
    shell.back.hidden = stack.length < 2;
    if (isNew) {
      replace(shell.body);
      surface.drawn.clear();
      shell.failure.hidden = true;
      shell.body.scrollTop = 0;
    }
    renderBlocks(shell.body, view.blocks, surface);
    prune(surface, view.blocks);
    drawFoot(view);
    if (isNew) focusFirst(view);
    else if (!shell.dialog.contains(document.activeElement) && !layers().contains(document.activeElement))
      shell.dialog.focus();
  }

  function drawFoot(view) {
    const submit = view.submit
      ? h(
          'button',
          { type: 'button', class: 'btn btn-primary btn-large', onclick: () => send() },
          h('span', { class: 'btn-face' }, words(view.submit)),
        )
      : null;
    if (submit) submit.disabled = Boolean(view.submit_disabled);
    const cancel = h(
      'button',
      { type: 'button', class: 'btn btn-large', onclick: () => close(false) },
      view.close ? words(view.close) : submit ? 'Cancel' : 'Close',
    );
    shell.submit = submit;
    replace(shell.foot, cancel, submit);
    setBusy(shell.busyView === view.id);
  }

  function surfaceOf(view) {
    if (surfaces.has(view.id)) return surfaces.get(view.id);
    const where = () => ({ user: state.viewer.id, view_id: view.id });
    const now = () => stack.find((item) => item.id === view.id) ?? view;
    const surface = createSurface({
      state,
      values: structuredClone(view.state?.values ?? {}),
      act: async (block, element, value) => {
        if (shell) shell.failure.hidden = true;
        const answer = await api.action({
          user: state.viewer.id,
          container: { type: 'view', view_id: view.id },
          block_id: block.block_id,
          action_id: element.action_id,
          value,
          state: { values: collect(surface, now().blocks) },
        });
        if (!answer.ok && shell) showFailure(shell.failure, answer);
        return answer;
      },
      suggest: (block, element, query) =>
        api.suggest({
          ...where(),
          block_id: block.block_id,
          action_id: element.action_id,
          query,
          state: { values: collect(surface, now().blocks) },
        }),
      upload: (file) => uploadOf(file),
      touched: (block) => clearError(view, block),
      currentConversation: () =>
        state.route.kind === 'channel' ? state.route.channel : state.conversations.app_im?.id,
    });
    surfaces.set(view.id, surface);
    return surface;
  }

  function uploadOf(file) {
    const form = new FormData();
    form.append('user', state.viewer.id);
    form.append('file', file);
    return api.upload(form);
  }

  /** Typing in a field takes its error away, without redrawing the field under the caret. */
  function clearError(view, block) {
    const surface = surfaces.get(view.id);
    if (!surface?.errors[block.block_id]) return;
    delete surface.errors[block.block_id];
    const node = shell?.body.querySelector(`[data-input="${CSS.escape(block.block_id)}"]`);
    node?.classList.remove('has-error');
    node?.querySelector('.field-error')?.remove();
    node?.querySelectorAll('[aria-invalid]').forEach((item) => item.removeAttribute('aria-invalid'));
    const kept = surface.drawn.get(block.block_id);
    if (kept) kept.print = JSON.stringify([block, null]);
  }

  function showErrors(viewId, errors) {
    const surface = surfaces.get(viewId);
    if (!surface || top()?.id !== viewId) return;
    surface.errors = { ...errors };
    renderBlocks(shell.body, top().blocks, surface);
    const first = top().blocks.find((block) => errors[block.block_id]);
    const node = first && shell.body.querySelector(`[data-input="${CSS.escape(first.block_id)}"]`);
    if (node) {
      (controlsIn(node)[0] ?? node).focus();
      node.scrollIntoView({ block: 'nearest' });
    } else if (Object.keys(errors).length) showFailure(shell.failure, { message: Object.values(errors).join(' ') });
  }

  async function send() {
    const view = top();
    if (!view?.submit || shell.busyView || view.submit_disabled) return;
    const surface = surfaceOf(view);
    const values = collect(surface, view.blocks);
    const problems = fieldErrors(view.blocks, values);
    shell.failure.hidden = true;
    if (Object.keys(problems).length) {
      showErrors(view.id, problems);
      return;
    }
    shell.busyView = view.id;
    setBusy(true);
    const answer = await api.submit({ user: state.viewer.id, view_id: view.id, state: { values } });
    if (shell) {
      shell.busyView = null;
      setBusy(false);
    }
    if (!shell || top()?.id !== view.id) return;
    if (answer.errors && Object.keys(answer.errors).length) showErrors(view.id, answer.errors);
    else if (!answer.ok) showFailure(shell.failure, answer);
    else app.resyncModals();
  }

  function setBusy(on) {
    if (!shell?.submit) return;
    shell.submit.setAttribute('aria-busy', String(on));
    shell.dialog.classList.toggle('busy', on);
  }

  /** Cancel, Back and Escape close one view; the cross closes the whole stack. */
  async function close(all) {
    const view = top();
    if (!view) return;
    const answer = await api.close({ user: state.viewer.id, view_id: view.id, all });
    if (!answer.ok && shell && top()?.id === view.id) sync(all ? [] : stack.slice(0, -1));
    else app.resyncModals();
  }

  function onKey(event) {
    trapTab(shell.dialog, event);
    if (event.key === 'Escape') {
      event.stopPropagation();
      close(false);
    }
    const typing = event.target.matches(
      'input:not([type=checkbox]):not([type=radio]):not([type=file]):not([role=combobox])',
    );
    if (event.key === 'Enter' && (typing || event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      send();
    }
  }

  function focusFirst(view) {
    const wanted = view.blocks.findIndex((block) => block.element?.focus_on_load);
    const first = view.blocks.findIndex((block) => block.type === 'input');
    const node = shell.body.children[wanted >= 0 ? wanted : first];
    const control = node && focusables(node)[0];
    (control ?? shell.dialog).focus();
  }

  return { sync, errors: showErrors, isOpen: () => Boolean(shell), clear: () => sync([]) };
}
