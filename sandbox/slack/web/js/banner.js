// The strip above the page: connection lost, or the app has not connected yet.
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { spinner } from './popover.js';

const POLL_MS = 1500;

export class Banner {
  constructor({ state, api }) {
    this.state = state;
    this.api = api;
    this.starting = false;
    this.polling = false;
    this.node = h('div', { class: 'banner', role: 'status', hidden: true });
    state.on('online', () => this.draw());
    // An error of the app may mean that it went away.
    state.on('app_error', () => this.check());
    this.check();
  }

  draw() {
    const { online, app } = this.state;
    this.node.hidden = online && !this.starting;
    this.node.classList.toggle('banner-warning', !online);
    replace(this.node, online ? startingWords(app.name) : lostWords());
  }

  /** Ask whether the app is connected, again and again until it is. */
  async check() {
    if (this.polling) return;
    this.polling = true;
    const answer = await this.api.connections();
    this.polling = false;
    const awaited = this.state.app.installed !== false;
    if (answer.ok) this.starting = awaited && answer.mode === 'socket' && answer.sockets === 0;
    this.draw();
    if (this.starting) setTimeout(() => this.check(), POLL_MS);
  }
}

function startingWords(name) {
  return [spinner('Starting'), `${name} is starting. Commands and buttons will answer once it has connected.`];
}

function lostWords() {
  return [icon('warning', 18), 'The connection to the workspace was lost. Trying again…'];
}
