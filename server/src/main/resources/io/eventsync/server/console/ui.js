// Pieces that several pages share.
import {html, nothing} from './lit/lit-html.js';
import {ago, clock, count} from './format.js';

/** A local time; the title has it in UTC. */
export const time = (iso, options) => (iso ? html`<time datetime=${iso} title=${new Date(iso).toISOString()}>${clock(iso, options)}</time>` : '–');

export const since = (iso) => (iso ? html`<time datetime=${iso} title=${new Date(iso).toISOString()}>${ago(iso)}</time>` : html`<span class="quiet">never</span>`);

/** @param tone ok, warn, bad, idle or live */
export const badge = (tone, label) => html`<span class="badge ${tone}"><i aria-hidden="true"></i>${label}</span>`;

export const loading = (what = 'Loading') => html`<p class="state" role="status"><span class="spinner" aria-hidden="true"></span>${what}…</p>`;

export const empty = (title, body = nothing) => html`<div class="state empty"><h2>${title}</h2>${body}</div>`;

export function failure(error, retry) {
  if (!error) return nothing;
  const forbidden = error.status === 403 ? html`<p>Your token does not have the right to see this. <a href="#/token">Use another one</a></p>` : nothing;
  return html`<div class="state failed" role="alert">
    <p><strong>${error.reason || 'That did not work'}</strong> ${error.message}</p>
    ${error.fields?.length ? html`<ul>${error.fields.map((f) => html`<li><code>${f.field}</code> ${f.description}</li>`)}</ul>` : nothing}
    ${forbidden}${retry ? html`<button @click=${retry}>Try again</button>` : nothing}
  </div>`;
}

/** Without TLS browsers have no clipboard but on localhost; then it goes by way of a field. */
async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.body.appendChild(Object.assign(document.createElement('textarea'), {value: text, className: 'unseen'}));
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  if (!isCopied) throw new Error('not copied');
}

/** Copies, and says so in its own place. */
export function copy(label, text) {
  const click = async (e) => {
    const button = e.currentTarget;
    try {
      await toClipboard(typeof text === 'function' ? text() : text);
      button.dataset.said = 'Copied';
    } catch {
      button.dataset.said = 'Not allowed';
    }
    setTimeout(() => delete button.dataset.said, 1200);
  };
  return html`<button class="copy" @click=${click}>${label}</button>`;
}

export const command = (text) => html`<div class="command"><pre tabindex="0">${text}</pre>${copy('Copy', text)}</div>`;

/** Asks where the button is: the second click does it. */
export function twice(label, question, act, {tone = '', disabled = false} = {}) {
  const click = (e) => {
    const button = e.currentTarget;
    if (button.dataset.sure) {
      delete button.dataset.sure;
      act();
    } else {
      button.dataset.sure = question;
      setTimeout(() => delete button.dataset.sure, 4000);
    }
  };
  return html`<button class="twice ${tone}" ?disabled=${disabled} data-question=${question} @click=${click}>${label}</button>`;
}

/**
 * How far a search through pages has come. It is over when there is nothing further: then it says nothing.
 * @param look {calls, found, reached?, isLooking?, further?}
 */
export function searched({calls, found, reached, isLooking, further}, lookFurther) {
  if (!isLooking && !further) return nothing;
  const far = `${count(found)} found in ${count(calls)} page${calls === 1 ? '' : 's'} of the log${reached ? `, up to ${count(reached)}` : ''}`;
  if (isLooking) return html`<p class="state" role="status"><span class="spinner" aria-hidden="true"></span>Still looking: ${far}…</p>`;
  return html`<p class="more" role="status"><span class="quiet">${far}; there is more to look through.</span> <button @click=${lookFurther}>Look further</button></p>`;
}

/** Buttons of a list in pages; those that lead nowhere are disabled, never gone. */
export const pager = (buttons, note = nothing) => html`<nav class="pager" aria-label="Pages">
  ${buttons.map(([label, act]) => html`<button ?disabled=${!act} @click=${act ?? nothing}>${label}</button>`)}
  <span class="quiet">${note}</span>
</nav>`;

/** Which endpoint a page is about. */
export const endpointChoice = ({names, note}, chosen, choose) => html`<select class="seek" aria-label="Endpoint" @change=${(e) => choose(e.target.value)}>
  <option value="" ?selected=${!chosen}>All endpoints</option>${[...new Set([...names, ...(chosen ? [chosen] : [])])].map((name) => html`<option ?selected=${name === chosen}>${name}</option>`)}${note ? html`<option disabled>${note}</option>` : nothing}</select>`;

/** Pages of a list by their tokens, which are in the URL: the way back is there too. */
export const tokenPager = (pages, next, change) => pager([
  ['First', pages.length ? () => change({page: ''}) : null],
  ['Back', pages.length ? () => change({page: pages.slice(0, -1)}) : null],
  ['Next', next ? () => change({page: [...pages, next]}) : null],
]);

/** Choices of which one is taken. */
export const choices = (label, all, taken, choose) => html`<div class="choices" role="group" aria-label=${label}>
  ${all.map(([value, text]) => html`<button aria-pressed=${value === taken} @click=${() => choose(value)}>${text}</button>`)}
</div>`;

export const facts = (pairs) => html`<dl class="facts">${pairs.filter(([, value]) => value !== undefined && value !== null && value !== '').map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** Opens what lies below a row. */
export const opener = (isOpen, label, click) => html`<td class="opener"><button class="plain fold" data-row aria-expanded=${isOpen} aria-label=${label} @click=${click}></button></td>`;

export const openerHead = html`<th><span class="unseen">Open</span></th>`;

export const bar = (share, label) => html`<progress max="1" .value=${Math.min(1, Math.max(0, share))} aria-label=${label}></progress>`;
