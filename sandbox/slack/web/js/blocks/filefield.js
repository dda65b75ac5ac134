// `file_input`: files are uploaded when they are picked or dropped, and sent as file objects with the form.
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { sizeWords } from '../files.js';
import { spinner } from '../popover.js';
import { common } from './fields.js';

const MOST_FILES = 10;

export function fileInput(element, env) {
  return new FileField(element, env).node;
}

class FileField {
  constructor(element, env) {
    this.env = env;
    this.most = element.max_files ?? MOST_FILES;
    this.types = (element.filetypes ?? []).map((type) => type.toLowerCase().replace(/^\./, ''));
    this.list = h('ul', { class: 'file-list' });
    this.status = h('span', { class: 'muted', role: 'status' });
    this.input = h('input', {
      ...common(element, env),
      type: 'file',
      class: 'field-file',
      multiple: this.most > 1,
      accept: this.types.length ? this.types.map((type) => `.${type}`).join(',') : null,
      onchange: () => this.add([...this.input.files]),
    });
    this.node = h('div', { class: 'file-field', ...this.dropping() }, this.dropZone(), this.status, this.list);
    this.draw();
  }

  get files() {
    return this.env.slot.get() ?? [];
  }

  dropZone() {
    const limit = this.most === 1 ? 'one file' : `up to ${this.most} files`;
    const words = [limit, this.types.length ? this.types.join(', ') : null].filter(Boolean).join(' · ');
    return h(
      'div',
      { class: 'file-drop' },
      icon('upload', 18),
      this.input,
      h('span', { class: 'muted' }, `Choose or drop ${words}`),
    );
  }

  dropping() {
    const over = (event, on) => {
      event.preventDefault();
      this.node.classList.toggle('dropping', on);
    };
    return {
      ondragover: (event) => over(event, true),
      ondragleave: (event) => over(event, false),
      ondrop: (event) => {
        over(event, false);
        this.add([...event.dataTransfer.files]);
      },
    };
  }

  draw() {
    replace(
      this.list,
      this.files.map((file) => this.row(file)),
    );
  }

  row(file) {
    const name = file.name ?? file.id;
    const remove = () => {
      this.env.store(this.files.filter((item) => item.id !== file.id));
      this.draw();
    };
    const props = { type: 'button', class: 'icon-button', 'aria-label': `Remove ${name}`, onclick: remove };
    const words = [h('span', { class: 'file-name' }, name), h('span', { class: 'muted' }, sizeWords(file.size))];
    return h('li', null, icon('file', 16), words, h('button', props, icon('close', 14)));
  }

  /** Why this file cannot be taken, or null: the same rules as the server's, said at once. */
  refusal(file, place) {
    const ending = file.name.includes('.') ? file.name.split('.').pop().toLowerCase() : '';
    if (this.types.length && !this.types.includes(ending)) return `${file.name} is not of type ${this.types.join(', ')}`;
    return place >= this.most ? `${file.name}: no more than ${this.most}` : null;
  }

  async add(files) {
    replace(this.status, spinner('Uploading'), ' Uploading…');
    const refused = [];
    // A single file replaces the one before.
    if (this.most === 1 && files.length === 1 && !this.refusal(files[0], 0)) this.env.store([]);
    for (const file of files) {
      const why = this.refusal(file, this.files.length);
      const answer = why ? null : await this.env.surface.upload(file);
      if (answer?.ok && answer.file) this.env.store([...this.files, answer.file]);
      else refused.push(why ?? `${file.name} could not be uploaded`);
    }
    this.input.value = '';
    replace(this.status, refused.length ? `${refused.join('. ')}.` : null);
    this.draw();
  }
}
