// Commands of the workspace itself: who is in a channel.
import { errorWords } from './errors.js';
import { conversation, displayName } from './state.js';

function named(state, text) {
  const wanted = text.replace(/^@/, '').trim().toLowerCase();
  if (wanted === state.app.name.toLowerCase()) return state.app.bot_user_id;
  const user = [...state.users.values()].find(
    (item) => item.real_name?.toLowerCase() === wanted || item.name.toLowerCase() === wanted,
  );
  return user?.id ?? null;
}

/** Run /invite or /remove; resolves to the words to show. */
export async function runBuiltIn({ state, api }, command, text, channel) {
  const user = named(state, text);
  if (conversation(state, channel)?.type !== 'channel') return `${command.command} works in channels.`;
  if (!user) return `${command.command} needs a name, such as ${command.command} @${state.app.name}.`;
  const answer = await api.membership({ channel, user, member: command.member });
  if (!answer.ok) return `${command.command} failed. ${errorWords(answer)}`;
  return `${displayName(state, user)} ${command.member ? 'was added to' : 'was removed from'} this channel.`;
}
