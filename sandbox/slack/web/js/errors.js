// Error codes in words, with the code beside them, as Slack shows them.

const WORDS = {
  operation_timeout: 'The app did not answer within 3 seconds.',
  dispatch_failed: 'The app could not be reached.',
  http_error: 'The app answered with an error.',
  connection_lost: 'The workspace server did not answer. Is the demo still running?',
  app_not_connected: 'The app is not connected yet.',
  no_connection: 'The app is not connected yet.',
  not_in_channel: 'You are not in this channel.',
  is_archived: 'This channel is archived.',
  not_supported_in_threads: 'Commands cannot be used in threads.',
  messages_tab_disabled: 'Sending messages to this app has been turned off.',
};

/** What went wrong, for a person; the code follows unless `hideCode`. */
export function errorWords({ error, message, hideCode = false }) {
  const words = WORDS[error] ?? message ?? 'That did not work.';
  return error && !hideCode ? `${words} (${error})` : words;
}
