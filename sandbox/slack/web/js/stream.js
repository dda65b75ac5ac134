// The live stream of one member, with reconnection.

const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/**
 * Open the stream; returns a function that ends it.
 * `onOpen` is called at every opening: what happened before it was missed and must be asked for.
 */
export function openStream(url, { onEvent, onOpen, onStatus }) {
  let source = null;
  let failures = 0;
  let timer = 0;

  const connect = () => {
    source = new EventSource(url);
    source.onopen = () => {
      failures = 0;
      onStatus(true);
      onOpen();
    };
    source.onmessage = (message) => onEvent(JSON.parse(message.data));
    source.onerror = () => {
      // The browser's own retry gives up on some failures; closing and reopening never does.
      source.close();
      failures += 1;
      if (failures > 1) onStatus(false);
      timer = setTimeout(connect, RETRY_MS[Math.min(failures - 1, RETRY_MS.length - 1)]);
    };
  };

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
