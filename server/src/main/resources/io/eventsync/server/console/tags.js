// The tree of tags with their counts. What is chosen here is the filter of the tail.
import {html, nothing} from './lit/lit-html.js';
import {get, poll} from './api.js';
import {count, short} from './format.js';
import {failure} from './ui.js';

const SHOWN_MAX = 200;

/** @param chosen the prefixes that the filter has; choose(prefix) adds or takes one away */
export function tagTree({chosen, choose, redraw}) {
  const children = new Map();
  const opened = new Set();
  let error = null;
  const truncated = new Set();

  async function load(parent) {
    const answer = await get('v1/tags', parent ? {parent} : {});
    children.set(parent, answer.tags ?? []);
    if (answer.truncated) truncated.add(parent);
    else truncated.delete(parent);
  }

  const round = poll(async () => {
    try {
      await Promise.all(['', ...opened].map(load));
      error = null;
    } catch (e) {
      error = e;
    }
    redraw();
  }, 5000);

  function toggle(tag) {
    if (opened.has(tag)) opened.delete(tag);
    else {
      opened.add(tag);
      if (!children.has(tag)) load(tag).then(redraw, (e) => ((error = e), redraw()));
    }
    redraw();
  }

  function branch(parent, depth) {
    const tags = children.get(parent) ?? [];
    return html`<ul>${tags.slice(0, SHOWN_MAX).map((t) => node(t, depth))}
      ${tags.length > SHOWN_MAX || truncated.has(parent) ? html`<li class="quiet small">${truncated.has(parent) ? 'many' : count(tags.length - SHOWN_MAX)} more; type the prefix into the filter</li>` : nothing}</ul>`;
  }

  function node(t, depth) {
    const name = depth ? t.tag.slice(t.tag.lastIndexOf('.') + 1) : t.tag;
    return html`<li>
      <div class="tag">
        ${t.hasChildren ? html`<button class="plain fold" aria-expanded=${opened.has(t.tag)} aria-label="Tags below ${t.tag}" @click=${() => toggle(t.tag)}></button>` : html`<span class="fold"></span>`}
        <label title=${t.tag}><input type="checkbox" .checked=${chosen().includes(t.tag)} @change=${() => choose(t.tag)}><span>${name}</span></label>
        <span class="quiet num" title="${count(t.events)} events">${short(t.events)}</span>
      </div>
      ${opened.has(t.tag) ? branch(t.tag, depth + 1) : nothing}</li>`;
  }

  return {
    view: () => html`${failure(error)}${children.get('')?.length === 0 ? html`<p class="quiet small">No tags yet.</p>` : branch('', 0)}`,
    isEmpty: () => children.get('')?.length === 0,
    stop: round.stop,
  };
}
