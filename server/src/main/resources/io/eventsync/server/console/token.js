// Where a refused call leads: a form for the token, which this tab keeps until it is closed.
import {html} from './lit/lit-html.js';
import {get, token} from './api.js';
import {failure} from './ui.js';

export function open(route, redraw) {
  let error = null;
  let busy = false;

  async function enter(e) {
    e.preventDefault();
    token.set(new FormData(e.target).get('token').trim());
    busy = true;
    error = null;
    redraw();
    try {
      await get('v1/server');
      location.hash = route.params.get('then') || '/overview';
      location.reload();
    } catch (refused) {
      token.set('');
      error = refused.status === 401 ? {reason: 'Refused', message: 'The server does not know this token, or it has expired.'} : refused;
    }
    busy = false;
    redraw();
  }

  return {
    view: () => html`<section class="narrow"><h1>Sign in</h1>
      <p>This server wants to know who asks. Enter an API token or a JWT; it stays in this tab and goes to this server only.</p>
      <form @submit=${enter}>
        <label>Token<input name="token" type="password" autocomplete="off" required autofocus spellcheck="false"></label>
        <button class="primary" ?disabled=${busy}>${busy ? 'Checking…' : 'Use this token'}</button>
      </form>
      ${failure(error)}
      <p class="quiet">With the embedded Postgres, the first token lies in the data folder, in the file <code>admin.token</code>; the server names it when it starts. More tokens: <code>POST /v1/tokens</code>, see the <a href="docs/">API</a>.</p></section>`,
  };
}
