// The checks Slack's client makes before a view is submitted. Everything else is the app's business.
import { STATEFUL } from './values.js';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function empty(value) {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** {block_id: what is wrong} for the input blocks of a view. */
export function fieldErrors(blocks, values) {
  const errors = {};
  for (const block of blocks) {
    if (block.type !== 'input') continue;
    const value = values[block.block_id]?.[block.element.action_id]?.[STATEFUL[block.element.type]?.[0]];
    const problem = empty(value)
      ? block.optional
        ? null
        : 'Please complete this required field.'
      : problemOf(block.element, value);
    if (problem) errors[block.block_id] = problem;
  }
  return errors;
}

function problemOf(element, value) {
  switch (element.type) {
    case 'plain_text_input':
      return lengthProblem(element, value);
    case 'number_input':
      return numberProblem(element, value);
    case 'email_text_input':
      return EMAIL.test(value) ? null : 'Please enter a valid email address.';
    case 'url_text_input':
      return isUrl(value) ? null : 'Please enter a valid URL.';
    default:
      return null;
  }
}

function lengthProblem({ min_length: min, max_length: max }, value) {
  if (min && value.length < min) return `Please enter at least ${min} characters.`;
  if (max && value.length > max) return `Please enter no more than ${max} characters.`;
  return null;
}

function numberProblem(element, value) {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return 'Please enter a number.';
  if (!element.is_decimal_allowed && value.includes('.')) return 'Please enter a whole number.';
  if (!empty(element.min_value) && Number(value) < Number(element.min_value))
    return `Please enter a number not below ${element.min_value}.`;
  if (!empty(element.max_value) && Number(value) > Number(element.max_value))
    return `Please enter a number not above ${element.max_value}.`;
  return null;
}

function isUrl(value) {
  try {
    return /^https?:$/.test(new URL(value).protocol);
  } catch {
    return false;
  }
}
