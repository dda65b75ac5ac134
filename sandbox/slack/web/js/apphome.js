// The app's Home tab: the view it published for this member.
import { createSurface, renderBlocks } from './blocks/index.js';
import { collect } from './blocks/values.js';
import { h, replace } from './dom.js';
import { showFailure } from './message.js';
import { avatar } from './people.js';
import { spinner } from './popover.js';

export class HomeTab {
  constructor(app) {
    this.app = app;
    this.view = null;
    this.closed = false;
    this.failure = h('div', { class: 'message-error home-error', role: 'alert', hidden: true });
    this.body = h('div', { class: 'blocks home-blocks' });
    this.nodes = [h('div', { class: 'home' }, this.failure, this.body)];
    this.surface = this.makeSurface();
    replace(this.body, h('div', { class: 'empty' }, spinner(), ' Opening…'));
    this.load();
  }

  makeSurface() {
    const { state, api } = this.app;
    const at = (block, element) => ({
      user: state.viewer.id,
      block_id: block.block_id,
      action_id: element.action_id,
      state: { values: collect(this.surface, this.view.blocks) },
    });
    return createSurface({
      state,
      act: (block, element, value) =>
        this.told(api.action({ ...at(block, element), container: { type: 'home' }, value })),
      suggest: (block, element, query) => api.suggest({ ...at(block, element), view_id: this.view.id, query }),
    });
  }

  async told(asked) {
    this.failure.hidden = true;
    const answer = await asked;
    if (!answer.ok) showFailure(this.failure, answer);
    return answer;
  }

  async load() {
    const answer = await this.app.api.home(this.app.state.viewer.id);
    if (answer.view) this.show(answer.view);
    else if (!this.view && !this.closed) replace(this.body, emptyHome(this.app.state));
  }

  show(view) {
    if (this.closed || !view) return;
    if (!this.view) replace(this.body);
    this.view = view;
    renderBlocks(this.body, view.blocks, this.surface);
  }

  close() {
    this.closed = true;
  }
}

function emptyHome(state) {
  return h(
    'div',
    { class: 'empty' },
    avatar(state, state.app.bot_user_id, 56),
    h('strong', null, `${state.app.name} is setting up your Home`),
    h('p', null, 'Its page appears here as soon as the app has published it.'),
  );
}
