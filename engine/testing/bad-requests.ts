// Requests that no sender should make and some sender always makes, each with what it must be answered. The tests send
// each of them once; the soak sends all of them all the time.

import { createHmac, randomUUID } from 'node:crypto';

/** The workspace that these requests are sent to: write key `key`, and a signed source. */
export const BAD_DAY_SECRET = 'whsec_dHJvcGEtYmFkLWRheXMtc2VjcmV0LTAxMjM0NTY=';
export const BAD_DAY_SETTINGS = `timezone: UTC
sources:
  shop: { type: segment, write_key: key }
  crm: { type: standard-webhooks, secret: ${BAD_DAY_SECRET} }
`;

export interface BadRequest {
  readonly what: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Status and code of the answer. */
  readonly answer: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const BASIC = { authorization: `Basic ${Buffer.from('key:').toString('base64')}` };

/** Headers of a webhook as its sender signs it. */
export function signed(body: string | Uint8Array, seconds: number, id: string = randomUUID()): Record<string, string> {
  const mac = createHmac('sha256', Buffer.from(BAD_DAY_SECRET.replace('whsec_', ''), 'base64'))
    .update(`${id}.${seconds}.`)
    .update(body)
    .digest('base64');
  return {
    ...JSON_TYPE,
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${mac}`,
  };
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'latin1'));

/** An event with these properties, written by hand: JSON.stringify would write none of the things that matter here. */
const event = (properties: string, more = ''): string =>
  `{"userId":"mallory","event":"go","properties":${properties}${more}}`;

const call = (
  what: string,
  body: string | Uint8Array<ArrayBuffer>,
  answer: string,
  headers: Record<string, string> = {},
): BadRequest => ({ what, path: '/v1/track', headers: { ...JSON_TYPE, ...BASIC, ...headers }, body, answer });

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Everything that is refused as an event of the Segment source. */
function badCalls(): BadRequest[] {
  return [
    call('without a write key', event('{}'), '401 E_UNAUTHORIZED', { authorization: '' }),
    call('with another write key', event('{}'), '401 E_UNAUTHORIZED', { authorization: 'Basic bm90LW91cnM6' }),
    call('oversized for one call', event(`{"text":"${'x'.repeat(33_000)}"}`), '413 E_TOO_LARGE'),
    call('of ten megabytes', event(`{"text":"${'x'.repeat(10_000_000)}"}`), '413 E_TOO_LARGE'),
    call('cut off in the middle', event('{"total":12').slice(0, -2), '400 E_BAD_REQUEST'),
    call('empty', '', '400 E_BAD_REQUEST'),
    call(
      'that is not UTF-8',
      bytes('{"userId":"mallory","event":"go","properties":{"a":"\xff\xfe"}}'),
      '400 E_BAD_REQUEST',
    ),
    call('with half a character', event('{}', ',"anonymousId":"\\ud83d"'), '400 E_NO_IDENTITY'),
    call('nested 5,000 maps deep', event(nested(5_000)), '400 E_BAD_EVENT'),
    call('nested 15,000 lists deep', event(`{"a":${'['.repeat(15_000)}${']'.repeat(15_000)}}`), '400 E_BAD_EVENT'),
    call('with __proto__', event('{"__proto__":{"admin":true}}'), '400 E_BAD_EVENT'),
    call('with constructor.prototype', event('{"constructor":{"prototype":{"a":1}}}'), '400 E_BAD_EVENT'),
    call('with NaN', event('{"total":NaN}'), '400 E_BAD_REQUEST'),
    call('with Infinity', event('{"total":-Infinity}'), '400 E_BAD_REQUEST'),
    call('with 1e400', event('{"total":1e400}'), '400 E_BAD_EVENT'),
    call('dated before 1970', event('{}', ',"timestamp":"1903-01-01T00:00:00Z"'), '400 E_BAD_EVENT'),
    call('dated 31 February, or so', event('{}', ',"timestamp":"2026-02-31 or so"'), '400 E_BAD_EVENT'),
    call('about nobody', '{"event":"go"}', '400 E_NO_IDENTITY'),
    ...['undefined', 'null', 'NaN', '0', 'guest', '[object Object]', ' ', '  Undefined '].map((id) =>
      call(`about "${id}"`, JSON.stringify({ userId: id, event: 'go' }), '400 E_NO_IDENTITY'),
    ),
    call('about an object', '{"userId":{"id":7},"event":"go"}', '400 E_NO_IDENTITY'),
    call('without a name', '{"userId":"mallory"}', '400 E_BAD_EVENT'),
    call(
      'with a name of 10,000 characters',
      JSON.stringify({ userId: 'mallory', event: 'x'.repeat(10_000) }),
      '400 E_BAD_EVENT',
    ),
    call("with a name of the engine's own", '{"userId":"mallory","event":"message.opened"}', '400 E_RESERVED_NAME'),
    call('as a form', 'userId=mallory&event=go', '415 E_MEDIA_TYPE', {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    call('as text', event('{}'), '415 E_MEDIA_TYPE', { 'content-type': 'text/plain' }),
    call('as XML', '<event/>', '415 E_MEDIA_TYPE', { 'content-type': 'application/xml' }),
    call('compressed', event('{}'), '415 E_MEDIA_TYPE', { 'content-encoding': 'gzip' }),
  ];
}

/** Everything that is refused as a webhook of the signed source; `now` is the server's own time. */
function badHooks(now: number): BadRequest[] {
  const body = '{"type":"go","userId":"mallory","data":{"n":1}}';
  const seconds = Math.floor(now / 1000);
  const hook = (what: string, headers: Record<string, string>, answer: string, sent: BadRequest['body'] = body) => ({
    what: `a webhook ${what}`,
    path: '/hooks/crm',
    headers,
    body: sent,
    answer,
  });
  const whole = (sent: BadRequest['body']) => signed(sent, seconds);
  const invalid = bytes('{"type":"go","userId":"\xff"}');
  return [
    hook('that is not signed', JSON_TYPE, '401 E_UNAUTHORIZED'),
    hook('signed by another', { ...whole(body), 'webhook-signature': 'v1,bm90IG91cnM=' }, '401 E_UNAUTHORIZED'),
    hook('changed after it was signed', whole(body), '401 E_UNAUTHORIZED', body.replace('mallory', 'anna')),
    hook('an hour old', signed(body, seconds - 3_600), '401 E_UNAUTHORIZED'),
    hook('from an hour ahead', signed(body, seconds + 3_600), '401 E_UNAUTHORIZED'),
    hook('cut off in the middle', whole(body.slice(0, 20)), '400 E_BAD_REQUEST', body.slice(0, 20)),
    hook('that is not UTF-8', whole(invalid), '400 E_BAD_REQUEST', invalid),
    hook('of two megabytes', whole(body), '413 E_TOO_LARGE', `{"type":"${'x'.repeat(2_000_000)}"}`),
    hook('about nobody', whole('{"type":"go"}'), '400 E_NO_IDENTITY', '{"type":"go"}'),
  ];
}

/** All of them, as one meets them at a server whose time is `now`. */
export function badRequests(now: number): BadRequest[] {
  return [...badCalls(), ...badHooks(now)];
}

export interface Answer {
  /** Status and code. */
  readonly said: string;
  readonly detail: string;
  readonly remedy: string;
}

/** Sends one, and reads the problem it is answered with. */
export async function sendBad(url: string, request: BadRequest): Promise<Answer> {
  const headers = Object.entries(request.headers).filter(([, value]) => value !== '');
  const response = await fetch(`${url}${request.path}`, { method: 'POST', headers, body: request.body });
  const text = await response.text();
  const problem = response.headers.get('content-type')?.startsWith('application/problem+json') ? JSON.parse(text) : {};
  const { code = '', detail = '', remedy = '' } = problem as Partial<Record<'code' | 'detail' | 'remedy', string>>;
  return { said: `${response.status} ${code}`, detail, remedy };
}
