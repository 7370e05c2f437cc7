// The frame around the pages: navigation, keys, the banner.
import {html, nothing, render} from './lit/lit-html.js';
import {get, link, token} from './api.js';
import {duration} from './format.js';
import {current, to} from './route.js';
import {failure, loading} from './ui.js';

// A page is fetched when it is first opened.
const PAGES = {
  overview: ['Overview', () => import('./overview.js')],
  tail: ['Live tail', () => import('./tail.js')],
  endpoints: ['Endpoints', () => import('./endpoints.js')],
  deliveries: ['Deliveries', () => import('./deliveries.js')],
  dead: ['Dead letters', () => import('./dead.js')],
  subscriptions: ['Subscriptions', () => import('./subscriptions.js')],
  logs: ['Logs', () => import('./logs.js')],
  config: ['Config', () => import('./config.js')],
};
const HIDDEN = {
  event: ['Event', () => import('./event.js')],
  token: ['Sign in', () => import('./token.js')],
};
const KEYS = [
  ['j / k', 'next, previous row'],
  ['Enter', 'open the row'],
  ['/', 'filter'],
  ['p', 'pause, resume'],
  ['r', 'refresh'],
  ['1 – 8', 'the pages of the menu'],
  ['?', 'these keys'],
];
const THEMES = ['', 'light', 'dark'];

const root = document.getElementById('app');
root.replaceChildren();
const app = {page: null, key: '', error: null, showsKeys: false, server: null};
let planned = false;

function redraw() {
  if (planned) return;
  planned = true;
  // Frames are not drawn in a hidden tab; what comes meanwhile is drawn once when it is seen again.
  requestAnimationFrame(() => {
    planned = false;
    draw();
  });
}

function draw() {
  const route = current();
  let body;
  try {
    body = app.error ? failure(app.error, open) : (app.page?.view(route) ?? loading());
  } catch (e) {
    console.error(e);
    body = failure(e, open);
  }
  render(
    html`<a class="skip" href="#main" @click=${skip}>To the content</a>
      <header>
        <a class="brand" href="#/overview"><img src="console/icon.svg" alt="" width="22" height="22">EventSync</a>
        <nav aria-label="Main">${Object.entries(PAGES).map(([id, [title]]) => html`<a href=${to(id)} aria-current=${route.page === id || (route.page === 'event' && id === 'tail') ? 'page' : nothing}>${title}</a>`)}</nav>
        <div class="foot">
          <span class="quiet node">${app.server ? html`v${app.server.version}` : nothing}</span>
          <button class="plain" title="Keys (?)" aria-expanded=${app.showsKeys} @click=${toggleKeys}>Keys</button>
          <button class="plain" title="Light, dark, or as the system has it" @click=${nextTheme}>Theme: ${document.documentElement.dataset.theme || 'auto'}</button>
          ${token.get() ? html`<button class="plain" @click=${signOut}>Sign out</button>` : nothing}
        </div>
      </header>
      <div class="banner" ?hidden=${!link.problem}>${link.problem ? html`<strong role="status">${link.problem}</strong> Trying again; the last answer came ${duration(Math.round((Date.now() - link.lastAnswer) / 1000))} ago.` : nothing}</div>
      <main id="main" tabindex="-1">${body}</main>
      ${app.showsKeys ? html`<aside class="keys" aria-label="Keys"><h2>Keys</h2><dl>${KEYS.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl><button @click=${toggleKeys}>Close</button></aside>` : nothing}`,
    root,
  );
}

function skip(e) {
  e.preventDefault();
  document.getElementById('main').focus();
}

function toggleKeys() {
  app.showsKeys = !app.showsKeys;
  redraw();
}

function nextTheme() {
  const html = document.documentElement;
  const next = THEMES[(THEMES.indexOf(html.dataset.theme ?? '') + 1) % THEMES.length];
  if (next) html.dataset.theme = next;
  else delete html.dataset.theme;
  try {
    if (next) localStorage.setItem('eventsync.theme', next);
    else localStorage.removeItem('eventsync.theme');
  } catch {
    // It holds until the tab is closed.
  }
  redraw();
}

function signOut() {
  token.set('');
  location.reload();
}

/** Another page or another thing on it starts anew; other parameters do not. */
async function open() {
  const route = current();
  const key = `${route.page}/${route.name}`;
  if (key === app.key && !app.error) {
    app.page?.changed?.(route);
    redraw();
    return;
  }
  app.page?.stop?.();
  app.page = null;
  app.error = null;
  app.key = key;
  const found = PAGES[route.page] ?? HIDDEN[route.page];
  document.title = `${found?.[0] ?? 'Not found'}${route.name ? ` ${route.name}` : ''} · EventSync`;
  redraw();
  if (!found) {
    app.error = {reason: 'Not found', message: `There is no page “${route.page}”.`};
    return;
  }
  try {
    const {open: begin} = await found[1]();
    if (key === app.key) app.page = begin(current(), redraw);
  } catch (e) {
    if (key === app.key) app.error = {reason: 'The page did not load', message: e.message};
  }
  scrollTo(0, 0);
  draw();
  const tab = document.querySelector('nav [aria-current]');
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - 60;
}

function rows(step) {
  const all = [...document.querySelectorAll('[data-row]')].filter((row) => row.offsetParent);
  const at = all.indexOf(document.activeElement.closest('[data-row]'));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({block: 'nearest'});
}

function keyed(e) {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const isTyping = e.target.matches('input:not([type=checkbox], [type=radio]), textarea, select');
  if (e.key === 'Escape') {
    if (isTyping) e.target.blur();
    if (app.showsKeys) toggleKeys();
    return;
  }
  if (isTyping) return;
  if (e.key === 'j') rows(1);
  else if (e.key === 'k') rows(-1);
  else if (e.key === '?') toggleKeys();
  else if (e.key >= '1' && e.key <= '8') location.hash = to(Object.keys(PAGES)[e.key - 1]);
  else if (e.key === 'r') app.page?.refresh?.();
  else {
    const target = document.querySelector(`[data-key="${CSS.escape(e.key)}"]`);
    if (!target) return;
    if (target.matches('input')) target.focus();
    else target.click();
  }
  e.preventDefault();
}

async function greet() {
  try {
    app.server = await get('v1/server');
    redraw();
  } catch {
    // The banner or the form for the token says why.
  }
}

link.addEventListener('change', () => {
  if (!link.problem) greet();
  redraw();
});
link.addEventListener('unauthenticated', () => {
  if (current().page !== 'token') location.hash = to('token', '', {then: location.hash.slice(1)});
});
addEventListener('hashchange', open);
addEventListener('keydown', keyed);
setInterval(() => link.problem && (greet(), redraw()), 2000);
greet();
open();
