// A payload: JSON indented and coloured without changing a digit, anything else as it is.
import {html, nothing} from './lit/lit-html.js';
import {bytes, hex, text} from './format.js';

const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)/g;
const CHARS_MAX = 60_000;

/** Indents by tokens, not by parsing: numbers that JavaScript cannot hold stay what they are. */
export function indent(source) {
  let out = '';
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  for (const [token] of source.matchAll(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '{' || token === '[') {
      depth++;
      out += token + line();
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      out = /[{[]\s*$/.test(out) ? out.trimEnd() + token : out + line() + token;
    } else if (token === ',') out += token + line();
    else if (token === ':') out += ': ';
    else out += token;
  }
  return out;
}

function coloured(source) {
  const parts = [];
  let last = 0;
  for (const m of source.matchAll(TOKENS)) {
    parts.push(source.slice(last, m.index));
    const kind = m[1] ? (m[2] ? 'key' : 'str') : m[3] ? 'num' : 'lit';
    parts.push(html`<span class=${kind}>${m[1] ?? m[0]}</span>${m[2] ?? nothing}`);
    last = m.index + m[0].length;
  }
  parts.push(source.slice(last));
  return parts;
}

/** @param mode pretty, raw or hex */
export function payload(event, mode = 'pretty') {
  if (event.json !== undefined) {
    const shown = mode === 'raw' ? event.json : indent(event.json);
    const cut = shown.length > CHARS_MAX;
    const body = cut ? shown.slice(0, CHARS_MAX) : shown;
    return html`<pre class="payload" tabindex="0">${mode === 'raw' || cut ? body : coloured(body)}${cut ? html`<em>… ${bytes(shown.length - CHARS_MAX)} more; copy to get all</em>` : nothing}</pre>`;
  }
  if (event.data !== undefined) {
    return html`<pre class="payload" tabindex="0">${mode === 'hex' || mode === 'pretty' ? hex(event.data) : text(event.data).slice(0, CHARS_MAX)}</pre>`;
  }
  return html`<p class="quiet">No payload.</p>`;
}
