// The only module that talks to the server: JSON calls, and one stream per browser.

const TOKEN = 'eventsync.token';
/** Where this page was loaded from, with the path that a proxy may have put before it. */
export const base = new URL('.', document.baseURI);
// A little more than the server gives a call (server.request-timeout): a connection that died in silence must not stop a page for good.
const CALL_MILLIS_MAX = 70_000;

/** Whether the server answers; the banner shows it. */
export const link = Object.assign(new EventTarget(), {problem: '', since: 0, lastAnswer: Date.now()});

export const token = {
  get: () => sessionStorage.getItem(TOKEN) ?? '',
  set: (text) => (text ? sessionStorage.setItem(TOKEN, text) : sessionStorage.removeItem(TOKEN)),
};

/** A refusal, as docs/ERRORS.md describes it. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body?.message || `HTTP ${status}`);
    this.status = status;
    const details = body?.details ?? [];
    this.reason = details.find((d) => d.reason)?.reason ?? '';
    this.fields = details.flatMap((d) => d.fieldViolations ?? []);
    this.retryMillis = 1000 * (parseFloat(details.find((d) => d.retryDelay)?.retryDelay) || 0);
  }
}

function says(problem) {
  if (problem === link.problem) return;
  link.problem = problem;
  link.since = Date.now();
  link.dispatchEvent(new Event('change'));
}

function refused(error) {
  if (error.status === 401) link.dispatchEvent(new Event('unauthenticated'));
  if (error.reason === 'STORE_UNAVAILABLE') says('The server cannot reach its database.');
  else says(error.reason === 'DRAINING' ? 'The server is stopping.' : '');
  return error;
}

async function send(path, init) {
  const headers = {accept: 'application/json', ...init.headers};
  if (token.get()) headers.authorization = `Bearer ${token.get()}`;
  let response;
  try {
    // Without credentials a browser never asks for a password by itself.
    response = await fetch(new URL(path, base), {...init, headers, credentials: 'omit', cache: 'no-store', signal: init.signal ?? AbortSignal.timeout(CALL_MILLIS_MAX)});
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    says('The server does not answer.');
    throw new ApiError(0, {message: 'The server does not answer.'});
  }
  link.lastAnswer = Date.now();
  if (!response.ok) throw refused(new ApiError(response.status, await response.json().catch(() => null)));
  says('');
  return response;
}

function query(params) {
  const text = new URLSearchParams();
  for (const [key, value] of Object.entries(params ?? {})) {
    for (const one of [value].flat()) if (one !== '' && one !== undefined && one !== null) text.append(key, one);
  }
  return text.size ? `?${text}` : '';
}

/** Segments of a path go through {@link seg}. */
export const seg = encodeURIComponent;

async function call(path, init) {
  const response = await send(path, init);
  try {
    return await response.json();
  } catch {
    throw new ApiError(0, {message: 'The answer broke off.'});
  }
}

export const get = (path, params) => call(path + query(params), {});

export const post = (path, body = {}) => call(path, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});

export const del = (path) => call(path, {method: 'DELETE'});

/**
 * Calls again and again, a pause after each answer, while the tab is seen.
 * @param millis the pause; a function if it depends on what came
 * @returns {{now: () => Promise<void>, stop: () => void}} now ends when an answer came that was asked for after it
 */
export function poll(call, millis) {
  let timer;
  let stopped = false;
  let running = null;
  let queued = null;
  const turn = async () => {
    clearTimeout(timer);
    await null;
    // One at a time: of two at once the older could answer last.
    while (running) await running;
    queued = null;
    if (stopped) return;
    // A fault of a page is no reason to show for ever what it has shown so far.
    running = document.hidden ? Promise.resolve() : call().catch((e) => console.error(e));
    await running;
    running = null;
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(round, typeof millis === 'function' ? millis() : millis);
  };
  const round = () => (queued ??= turn());
  const seen = () => document.hidden || round();
  document.addEventListener('visibilitychange', seen);
  round();
  return {
    now: round,
    stop() {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}

// Browsers open six HTTP/1.1 connections to a server, for all tabs together. So one tab has the stream: the last that asked.
const tabs = new BroadcastChannel('eventsync.stream');
const me = crypto.getRandomValues(new Uint32Array(2)).join('-');
const RETRY_MILLIS = [300, 700, 1500, 3000, 5000];
const RETRY_MILLIS_MAX = 60_000;
// Four heartbeats that did not come: a connection may end without a word, as when a laptop wakes up elsewhere.
const SILENCE_MILLIS_MAX = 20_000;
// Of the answers 4xx these say that waiting helps.
const WAITS = [408, 409, 425, 429];

/**
 * Reads a stream of JSON frames and comes back after its last cursor when it breaks. There is one at a time, however often it is resumed.
 * @param params with a heartbeat of 5 s at most
 * @param start parameters of the first connection only
 * @param on frame(frame), state('open' | 'lost' | 'refused' | 'elsewhere', error, when it tries again in ms); a refused one waits for resume
 */
export function stream(path, params, start, on) {
  let cursor = '';
  let stopped = false;
  let isRefused = false;
  let abort = new AbortController();
  let timer;
  let silence;
  let failures = 0;

  /** Of the connection before, nothing is heard any more. */
  function end() {
    clearTimeout(timer);
    clearTimeout(silence);
    abort.abort();
    abort = new AbortController();
    return abort;
  }

  async function run() {
    if (stopped) return;
    const mine = end();
    isRefused = false;
    tabs.postMessage(me);
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => mine.abort(new ApiError(0, {message: 'The stream went silent.'})), SILENCE_MILLIS_MAX);
    };
    try {
      heard();
      const from = cursor ? {'start.cursor': cursor} : start;
      const response = await send(path + query({...params, ...from}), {signal: mine.signal, headers: {accept: 'application/x-ndjson'}});
      if (mine !== abort) return;
      on.state('open');
      for await (const frame of frames(response.body)) {
        if (mine !== abort) return;
        heard();
        if (frame.error) throw new ApiError(500, frame.error);
        if (!frame.started) failures = 0;
        if (frame.cursor) cursor = frame.cursor;
        on.frame(frame);
      }
      throw new ApiError(0, {message: 'The stream ended.'});
    } catch (e) {
      if (mine === abort) again(e);
    }
  }

  function again(e) {
    clearTimeout(silence);
    isRefused = e.status >= 400 && e.status < 500 && !WAITS.includes(e.status);
    if (isRefused) return on.state('refused', e);
    const wait = Math.min(RETRY_MILLIS_MAX, Math.max(RETRY_MILLIS[Math.min(failures++, RETRY_MILLIS.length - 1)], e.retryMillis ?? 0));
    timer = setTimeout(run, wait);
    on.state('lost', e, Date.now() + wait);
  }

  const taken = ({data}) => {
    // Who was refused has no stream to lose, and goes on saying so.
    if (data === me || isRefused) return;
    end();
    on.state('elsewhere');
  };
  tabs.addEventListener('message', taken);
  run();
  return {
    resume: run,
    stop() {
      stopped = true;
      end();
      tabs.removeEventListener('message', taken);
    },
  };
}

async function* frames(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const {value, done} = await reader.read();
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (const line of lines) if (line) yield JSON.parse(line);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
