// Floating panels: placed beside an anchor, closed by Escape, a click elsewhere, or losing their anchor.
import { h } from './dom.js';

const GAP = 6;
const MARGIN = 8;

export function layers() {
  return document.getElementById('layers');
}

/** Show or remove an overlay; everything under the topmost one cannot be reached meanwhile. */
export function overlay(node, shown) {
  if (shown) layers().append(node);
  else node.remove();
  const all = [...layers().querySelectorAll(':scope > .overlay')];
  all.forEach((item, index) => setReachable(item, index === all.length - 1));
  setReachable(document.getElementById('app'), all.length === 0);
}

function setReachable(node, reachable) {
  node.inert = !reachable;
  // Not every reader of the accessibility tree knows `inert`.
  if (reachable) node.removeAttribute('aria-hidden');
  else node.setAttribute('aria-hidden', 'true');
}

/** Put `panel` under (or above) `anchor` inside the window. */
export function place(panel, anchor, { align = 'start', matchWidth = false } = {}) {
  const box = anchor.getBoundingClientRect();
  if (matchWidth) panel.style.minWidth = `${box.width}px`;
  panel.style.maxHeight = '';
  const size = panel.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - GAP - MARGIN;
  const above = box.top - GAP - MARGIN;
  const up = size.height > below && above > below;
  const height = Math.min(size.height, up ? above : below);
  const left = align === 'end' ? box.right - size.width : box.left;
  panel.style.maxHeight = `${Math.max(height, 120)}px`;
  panel.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - size.width - MARGIN))}px`;
  panel.style.top = `${up ? box.top - GAP - height : box.bottom + GAP}px`;
}

/** Show `panel` as a layer; returns `close()`. `onClose` is told why: escape, outside or done. */
export function float(panel, anchor, { onClose = () => {}, ...placing } = {}) {
  panel.classList.add('floating');
  layers().append(panel);
  place(panel, anchor, placing);
  let open = true;
  const close = (why = 'done') => {
    if (!open) return;
    open = false;
    document.removeEventListener('pointerdown', outside, true);
    window.removeEventListener('resize', resized);
    document.removeEventListener('scroll', scrolled, true);
    panel.remove();
    onClose(why);
  };
  const outside = (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) close('outside');
  };
  const resized = () => place(panel, anchor, placing);
  const scrolled = (event) => {
    if (panel.contains(event.target)) return;
    if (anchor.isConnected) resized();
    else close('outside');
  };
  document.addEventListener('pointerdown', outside, true);
  window.addEventListener('resize', resized);
  document.addEventListener('scroll', scrolled, true);
  return close;
}

/** Words for a control, shown on hover and focus through its own attribute. */
export function tip(text) {
  return { title: text, 'aria-label': text };
}

export function spinner(label = 'Loading') {
  return h('span', { class: 'spinner', role: 'img', 'aria-label': label });
}
