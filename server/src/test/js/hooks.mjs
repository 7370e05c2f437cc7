// The console's files are modules, which only a browser takes on trust; for lit-html, a webjar that wants one too, there is a stand-in.
import {register} from 'node:module';

const LIT = new URL('./lit.mjs', import.meta.url).href;
const CONSOLE = new URL('../../main/resources/', import.meta.url).href;

register(
  'data:text/javascript,' +
    encodeURIComponent(`export async function resolve(name, context, next) {
      if (name.startsWith('./lit/')) return {url: '${LIT}', shortCircuit: true};
      const found = await next(name, context);
      return found.url.startsWith('${CONSOLE}') ? {...found, format: 'module'} : found;
    }`),
);
