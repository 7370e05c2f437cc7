// As much of a browser as the console's modules touch, and a server that tests make answers for.
import {afterEach} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';
import {shown} from './lit.mjs';

class Storage extends Map {
  getItem = (name) => this.get(name) ?? null;
  setItem = (name, value) => this.set(name, value);
  removeItem = (name) => this.delete(name);
}

const noListeners = {addEventListener() {}, removeEventListener() {}};

export const tabs = [];

Object.assign(globalThis, {
  location: new URL(process.env.CONSOLE_URL ?? 'http://localhost:7300/'),
  sessionStorage: new Storage(),
  innerWidth: 1000,
  BroadcastChannel: class extends EventTarget {
    constructor() {
      super();
      tabs.push(this);
    }
    postMessage() {}
  },
  dispatchEvent() {},
  history: {replaceState: (state, title, hash) => (location.hash = hash)},
});
globalThis.document = {...noListeners, baseURI: location.href, hidden: false};

/** @param answer(path, params, init) a body, or an array of status and body */
export function server(answer) {
  const calls = [];
  globalThis.fetch = async (url, init) => {
    init.signal?.throwIfAborted();
    const params = url.searchParams;
    calls.push({path: url.pathname, params, init});
    const said = await answer(url.pathname, params, init);
    const [status, body] = Array.isArray(said) ? said : [200, said];
    return body instanceof ReadableStream ? new Response(body, {status}) : Response.json(body, {status});
  };
  return calls;
}

const opened = [];

// Here and not in the tests: the timers of a page that a failed test left open would keep Node from ending.
afterEach(() => opened.splice(0).forEach((page) => page.stop()));

/** A page as it is opened by its address, until the test ends; text() is what it shows. */
export async function open(module, hash) {
  const {current} = await import(new URL('route.js', folder));
  const {open: begin} = await import(new URL(`${module}.js`, folder));
  location.hash = hash;
  const page = begin(current(), () => {});
  opened.push(page);
  return {page, text: () => shown(page.view()).replace(/\s+/g, ' '), goTo: (to) => ((location.hash = to), page.changed(current()))};
}

export const folder = new URL('../../main/resources/io/eventsync/server/console/', import.meta.url);

export const load = (module) => import(new URL(`${module}.js`, folder));

export async function until(isTrue, what, millisMax = 3000) {
  const end = Date.now() + millisMax;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(`not within ${millisMax} ms: ${typeof what === 'function' ? what() : what}`);
    await sleep(5);
  }
}
