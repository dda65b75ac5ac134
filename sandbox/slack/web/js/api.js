// Calls to the workspace server. Every answer is a plain object with `ok`; none of these throw.

const OFFLINE = { ok: false, error: 'connection_lost', message: 'The workspace server did not answer.' };

async function answerOf(promise) {
  try {
    const response = await promise;
    const body = await response.json();
    return { ok: response.ok, ...body };
  } catch {
    return OFFLINE;
  }
}

/** The server's page interface; `recentErrors` lets the live stream skip what a caller already shows. */
export function createApi(base = '/_sandbox') {
  const recentErrors = [];

  const noted = async (promise) => {
    const answer = await answerOf(promise);
    if (!answer.ok && answer.error) recentErrors.push({ error: answer.error, at: Date.now() });
    if (recentErrors.length > 20) recentErrors.shift();
    return answer;
  };

  const get = (path, query = {}) => {
    const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const search = new URLSearchParams(wanted).toString();
    return answerOf(fetch(`${base}/${path}${search ? `?${search}` : ''}`, { cache: 'no-store' }));
  };
  const post = (path, body) =>
    noted(
      fetch(`${base}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );

  return {
    bootstrap: (asked) => get('bootstrap', asked),
    conversations: (user) => get('conversations', { user }),
    messages: (user, channel, thread) => get('messages', { user, channel, thread_ts: thread, limit: 200 }),
    home: (user) => get('home', { user }),
    modals: (user) => get('modals', { user }),
    log: () => get('log'),
    connections: () => get('connections'),
    say: (body) => post('say', body),
    command: (body) => post('command', body),
    action: (body) => post('action', body),
    submit: (body) => post('submit', body),
    close: (body) => post('close', body),
    suggest: (body) =>
      answerOf(
        fetch(`${base}/suggest`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    shortcut: (body) => post('shortcut', body),
    openHome: (user, tab) => post('open_home', { user, tab }),
    read: (user, channel) => post('read', { user, channel }),
    membership: (body) => post('membership', body),
    uninstall: (team) => post('uninstall', { team }),
    upload: (form) => noted(fetch(`${base}/upload`, { method: 'POST', body: form })),
    streamUrl: (user) => `${base}/stream?user=${encodeURIComponent(user)}`,
    saidRecently: (error) => recentErrors.some((item) => item.error === error && Date.now() - item.at < 4000),
  };
}
