// Light and dark: the system's choice until the person makes one.
import { recall, remember } from './state.js';

const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function currentTheme() {
  return recall('theme') ?? (dark.matches ? 'dark' : 'light');
}

export function toggleTheme() {
  const next = currentTheme() === 'dark' ? 'light' : 'dark';
  remember('theme', next);
  document.documentElement.dataset.theme = next;
  return next;
}
