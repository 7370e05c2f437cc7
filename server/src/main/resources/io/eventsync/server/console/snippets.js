// The same call for three kinds of people, at the address that this page was loaded from.
import {base, token} from './api.js';

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const withHeader = (flag) => (token.get() ? ` ${flag} "authorization: Bearer $TOKEN"` : '');

const curlTo = (path, body) => `curl -sS${withHeader('-H')}${body ? ` --json ${quoted(body)}` : ''} ${quotedUrl(new URL(path, base).href)}`;

/** Most addresses need no quotes; a path with an odd character does. */
const quotedUrl = (url) => (/^[\w:/.@%~+,=-]+$/.test(url) ? url : quoted(url));

/** gRPC is called by host and port, always named as a client's default need not be the browser's, and has no place for a path. */
function grpcurlTo(method, body) {
  const isTls = base.protocol === 'https:';
  const note = base.pathname === '/' ? '' : `# Below ${base.pathname} gRPC needs a proxy that passes /eventsync.v1.* on, or the server's own address.\n`;
  return `${note}grpcurl${isTls ? '' : ' -plaintext'}${withHeader('-H')} -d ${quoted(body)} ${base.hostname}:${base.port || (isTls ? 443 : 80)} eventsync.v1.EventService/${method}`;
}

/** Commands that send an event like this one, under a new id. */
export function sending(event) {
  const body = {tag: event.tag};
  for (const field of ['key', 'message', 'json', 'data', 'contentType', 'attributes']) if (event[field]) body[field] = event[field];
  const text = JSON.stringify({event: body});
  return {grpcurl: grpcurlTo('Ingest', text), curl: curlTo('v1/events', text), java: java(body)};
}

/** Commands that read this event. */
export const reading = (event) => ({
  grpcurl: grpcurlTo('GetEvent', `{"position":"${event.position}"}`),
  curl: curlTo(`v1/positions/${event.position}`),
});

function java(event) {
  const string = (text) => JSON.stringify(text);
  const calls = [`.setTag(${string(event.tag)})`];
  if (event.key) calls.push(`.setKey(${string(event.key)})`);
  if (event.message) calls.push(`.setMessage(${string(event.message)})`);
  if (event.json) calls.push(`.setJson(${string(event.json)})`);
  if (event.data) calls.push(`.setData(ByteString.copyFrom(Base64.getDecoder().decode(${string(event.data)})))`);
  if (event.contentType) calls.push(`.setContentType(${string(event.contentType)})`);
  for (const [name, value] of Object.entries(event.attributes ?? {})) calls.push(`.putAttributes(${string(name)}, ${string(value)})`);
  return `client.publish(Event.newBuilder()\n    ${calls.join('\n    ')}\n    .build());`;
}
