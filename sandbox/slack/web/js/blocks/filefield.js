// `file_input`: files are uploaded when they are picked, and sent as file objects with the form.
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
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
    this.list = h('ul', { class: 'file-list' });
    this.status = h('span', { class: 'muted', role: 'status' });
    this.input = h('input', {
      ...common(element, env),
      type: 'file',
      class: 'field-file',
      multiple: this.most > 1,
      accept: element.filetypes?.map((type) => `.${type}`).join(',') ?? null,
      onchange: () => this.add([...this.input.files].slice(0, this.most)),
    });
    this.node = h('div', { class: 'file-field' }, this.input, this.status, this.list);
    this.draw();
  }

  get files() {
    return this.env.slot.get() ?? [];
  }

  draw() {
    replace(
      this.list,
      this.files.map((file) => this.row(file, file.name ?? file.id)),
    );
  }

  row(file, name) {
    const remove = () => {
      this.env.store(this.files.filter((item) => item.id !== file.id));
      this.draw();
    };
    const props = { type: 'button', class: 'icon-button', 'aria-label': `Remove ${name}`, onclick: remove };
    return h('li', null, icon('file', 16), name, h('button', props, icon('close', 14)));
  }

  async add(files) {
    replace(this.status, spinner('Uploading'), ' Uploading…');
    const refused = [];
    for (const file of files) {
      const answer = await this.env.surface.upload(file);
      if (answer.ok && answer.file) this.env.store([...this.files, answer.file].slice(-this.most));
      else refused.push(file.name);
    }
    this.input.value = '';
    replace(this.status, refused.length ? `Could not be uploaded: ${refused.join(', ')}` : null);
    this.draw();
  }
}
