// The only module that talks to the server: JSON calls, and one stream per browser.

const TOKEN = 'eventsync.token';
const base = new URL('.', document.baseURI);

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
    response = await fetch(new URL(path, base), {...init, headers, credentials: 'omit', cache: 'no-store'});
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

export const get = async (path, params, signal) => (await send(path + query(params), {signal})).json();

export const post = async (path, body = {}) =>
  (await send(path, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)})).json();

export const del = async (path) => (await send(path, {method: 'DELETE'})).json();

/**
 * Calls again and again, a pause after each answer, while the tab is seen.
 * @param millis the pause; a function if it depends on what came
 * @returns {{now: () => Promise<void>, stop: () => void}} now ends when an answer came that was asked for after it
 */
export function poll(call, millis) {
  let timer;
  let stopped = false;
  let running = null;
  const round = async () => {
    clearTimeout(timer);
    if (running) await running;
    if (stopped) return;
    running = document.hidden ? Promise.resolve() : call();
    await running;
    running = null;
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(round, typeof millis === 'function' ? millis() : millis);
  };
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

/**
 * Reads a stream of JSON frames and comes back after its last cursor when it breaks.
 * @param start parameters of the first connection only
 * @param on frame(frame), state('open'|'lost'|'elsewhere', error)
 */
export function stream(path, params, start, on) {
  let cursor = '';
  let stopped = false;
  let abort = new AbortController();
  let timer;
  let failures = 0;

  async function run() {
    if (stopped) return;
    abort = new AbortController();
    tabs.postMessage(me);
    try {
      const from = cursor ? {'start.cursor': cursor} : start;
      const response = await send(path + query({...params, ...from}), {signal: abort.signal, headers: {accept: 'application/x-ndjson'}});
      failures = 0;
      on.state('open');
      for await (const frame of frames(response.body)) {
        if (frame.error) throw new ApiError(500, frame.error);
        if (frame.cursor) cursor = frame.cursor;
        on.frame(frame);
      }
      throw new ApiError(0, {message: 'The stream ended.'});
    } catch (e) {
      if (e.name !== 'AbortError' && !stopped) again(e);
    }
  }

  function again(e) {
    const isRefused = [400, 401, 403, 404].includes(e.status);
    on.state('lost', e);
    if (!isRefused) timer = setTimeout(run, RETRY_MILLIS[Math.min(failures++, RETRY_MILLIS.length - 1)]);
  }

  const taken = ({data}) => {
    if (data !== me) {
      abort.abort();
      clearTimeout(timer);
      on.state('elsewhere');
    }
  };
  tabs.addEventListener('message', taken);
  run();
  return {
    resume: run,
    stop() {
      stopped = true;
      clearTimeout(timer);
      abort.abort();
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
