// The same call for three kinds of people.
import {token} from './api.js';

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const isTls = location.protocol === 'https:';
const host = location.host;

const withHeader = (flag) => (token.get() ? ` ${flag} "authorization: Bearer $TOKEN"` : '');

/** Commands that send an event like this one, under a new id. */
export function sending(event) {
  const body = {tag: event.tag};
  for (const field of ['key', 'message', 'json', 'data', 'contentType', 'attributes']) if (event[field]) body[field] = event[field];
  const text = JSON.stringify({event: body});
  return {
    grpcurl: `grpcurl${isTls ? '' : ' -plaintext'}${withHeader('-H')} -d ${quoted(text)} ${host} eventsync.v1.EventService/Ingest`,
    curl: `curl -sS${withHeader('-H')} --json ${quoted(text)} ${location.protocol}//${host}/v1/events`,
    java: java(body),
  };
}

/** Commands that read this event. */
export function reading(event) {
  const path = `/v1/positions/${event.position}`;
  return {
    grpcurl: `grpcurl${isTls ? '' : ' -plaintext'}${withHeader('-H')} -d '{"position":"${event.position}"}' ${host} eventsync.v1.EventService/GetEvent`,
    curl: `curl -sS${withHeader('-H')} ${location.protocol}//${host}${path}`,
  };
}

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
