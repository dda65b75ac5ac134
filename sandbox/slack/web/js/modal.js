// Modals: the member's stack of views, with field errors, loading states and kept typing.
import { createSurface, renderBlocks } from './blocks/index.js';
import { fieldErrors } from './blocks/validate.js';
import { collect, prune } from './blocks/values.js';
import { showFailure } from './message.js';
import { ModalShell } from './modalshell.js';

export class Modals {
  constructor(app) {
    this.app = app;
    this.surfaces = new Map();
    this.stack = [];
    this.shell = null;
    this.sending = null;
  }

  get top() {
    return this.stack.at(-1);
  }

  get isOpen() {
    return this.shell !== null;
  }

  /** Show this stack of views, root first; an empty one closes the dialog. */
  sync(stack) {
    const previous = this.top;
    this.stack = stack ?? [];
    for (const id of this.surfaces.keys()) if (!this.viewOf(id)) this.surfaces.delete(id);
    if (!this.stack.length) this.shut();
    else this.draw({ isNew: previous?.id !== this.top.id });
  }

  viewOf(id) {
    return this.stack.find((view) => view.id === id);
  }

  shut() {
    const { shell } = this;
    this.shell = null;
    this.surfaces.clear();
    if (shell && !shell.leave()) this.app.focusComposer();
  }

  draw({ isNew }) {
    this.shell ??= new ModalShell(this.app.state, {
      onClose: (all) => this.close(all),
      onSubmit: () => this.submit(),
    });
    const view = this.top;
    const surface = this.surfaceOf(view);
    if (isNew) {
      this.shell.empty();
      surface.drawn.clear();
    }
    this.shell.dress(view, { nested: this.stack.length > 1 });
    renderBlocks(this.shell.body, view.blocks, surface);
    prune(surface, view.blocks);
    this.shell.setBusy(this.sending === view.id);
    if (isNew || this.shell.isIdle) this.shell.focusFirst(view);
  }

  surfaceOf(view) {
    if (!this.surfaces.has(view.id)) this.surfaces.set(view.id, this.makeSurface(view));
    return this.surfaces.get(view.id);
  }

  makeSurface(view) {
    const { state, api } = this.app;
    const filled = () => ({ values: collect(surface, (this.viewOf(view.id) ?? view).blocks) });
    const at = (block, element) => ({
      user: state.viewer.id,
      block_id: block.block_id,
      action_id: element.action_id,
      state: filled(),
    });
    const surface = createSurface({
      state,
      values: structuredClone(view.state?.values ?? {}),
      act: (block, element, value) =>
        this.told(api.action({ ...at(block, element), container: { type: 'view', view_id: view.id }, value })),
      suggest: (block, element, query) => api.suggest({ ...at(block, element), view_id: view.id, query }),
      upload: (file) => this.upload(file),
      touched: (block) => this.clearError(view, block),
      currentConversation: () =>
        state.route.kind === 'channel' ? state.route.channel : state.conversations.app_im?.id,
    });
    return surface;
  }

  /** Wait for an action's answer and show in the dialog what went wrong with it. */
  async told(asked) {
    if (this.shell) this.shell.failure.hidden = true;
    const answer = await asked;
    if (!answer.ok && this.shell) showFailure(this.shell.failure, answer);
    return answer;
  }

  upload(file) {
    const form = new FormData();
    form.append('user', this.app.state.viewer.id);
    form.append('file', file);
    return this.app.api.upload(form);
  }

  clearError(view, block) {
    const surface = this.surfaces.get(view.id);
    if (!surface?.errors[block.block_id]) return;
    delete surface.errors[block.block_id];
    this.shell?.clearError(block.block_id);
    const kept = surface.drawn.get(block.block_id);
    if (kept) kept.print = JSON.stringify([block, null]);
  }

  /** Show texts under fields, by block_id, and go to the first. */
  errors(viewId, errors) {
    const surface = this.surfaces.get(viewId);
    if (!surface || this.top?.id !== viewId) return;
    surface.errors = { ...errors };
    renderBlocks(this.shell.body, this.top.blocks, surface);
    const first = this.top.blocks.find((block) => block.type === 'input' && errors[block.block_id]);
    if (first) this.shell.focusInput(first.block_id);
    else showFailure(this.shell.failure, { message: Object.values(errors).join(' ') });
  }

  async submit() {
    const view = this.top;
    if (!view?.submit || this.sending || view.submit_disabled) return;
    const values = collect(this.surfaceOf(view), view.blocks);
    const problems = fieldErrors(view.blocks, values);
    this.shell.failure.hidden = true;
    if (Object.keys(problems).length) this.errors(view.id, problems);
    else await this.send(view, values);
  }

  async send(view, values) {
    const { state, api } = this.app;
    this.sending = view.id;
    this.shell.setBusy(true);
    const answer = await api.submit({ user: state.viewer.id, view_id: view.id, state: { values } });
    this.sending = null;
    this.shell?.setBusy(false);
    if (!this.shell || this.top?.id !== view.id) return;
    if (Object.keys(answer.errors ?? {}).length) this.errors(view.id, answer.errors);
    else if (!answer.ok) showFailure(this.shell.failure, answer);
    else this.app.resyncModals();
  }

  /** Cancel, Back and Escape close one view; the cross closes the whole stack. */
  async close(all) {
    const view = this.top;
    if (!view) return;
    const answer = await this.app.api.close({ user: this.app.state.viewer.id, view_id: view.id, all });
    if (!answer.ok && this.top?.id === view.id) this.sync(all ? [] : this.stack.slice(0, -1));
    else this.app.resyncModals();
  }
}
