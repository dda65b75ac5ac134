// What happens to a text that leaves the composer: a message, a command of the app, or one of the workspace.
import { runBuiltIn } from './builtins.js';
import { commandIn, commandsOf, withMentions } from './completion.js';
import { errorWords } from './errors.js';
import { escape } from './mrkdwn.js';

/**
 * Send a text to `place` {channel, thread}.
 * Resolves to {} when it is done, or {notice: words, keep: whether to give the text back}.
 */
export async function sendText(app, place, text) {
  const name = commandIn(text);
  if (!name) return say(app, place, text);
  const command = commandsOf(app.state).find((item) => item.command === name.toLowerCase());
  if (!command) return unknown(name);
  if (place.thread) return { notice: `${name} is not supported in threads. Sorry!`, keep: true };
  const rest = text.slice(name.length).trim();
  if (command.member !== undefined) return { notice: await runBuiltIn(app, command, rest, place.channel) };
  return runCommand(app, place, command.command, rest);
}

function unknown(name) {
  const why = 'In this workspace, every message that starts with “/” is read as a command.';
  return { notice: `${name} is not a valid command. ${why}`, keep: true };
}

async function say({ state, api }, place, text) {
  const answer = await api.say({
    user: state.viewer.id,
    channel: place.channel,
    text: withMentions(state, escape(text)),
    ...(place.thread ? { thread_ts: place.thread } : {}),
  });
  return answer.ok ? {} : { notice: `Your message was not sent. ${errorWords(answer)}`, keep: true };
}

async function runCommand({ state, api }, place, command, text) {
  const answer = await api.command({ user: state.viewer.id, channel: place.channel, command, text });
  if (answer.ok) return {};
  return { notice: `${command} failed with the error “${answer.error}”. ${errorWords({ ...answer, hideCode: true })}` };
}

/** Share a file in `place`; same answer as sendText. */
export async function sendFile({ state, api }, place, file) {
  const form = new FormData();
  form.append('user', state.viewer.id);
  form.append('channel', place.channel);
  if (place.thread) form.append('thread_ts', place.thread);
  form.append('file', file);
  const answer = await api.upload(form);
  return answer.ok ? {} : { notice: `${file.name} was not uploaded. ${errorWords(answer)}` };
}
