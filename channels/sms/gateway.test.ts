// Text messages by a gateway of one's own: the contract of channels, and its own promises, against a real HTTP server.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, SendOutcome } from '../../engine/ports/channel.ts';
import { createGuardedFetch } from '../../engine/runtime/guarded-fetch.ts';
import { type ChannelRig, channelContract, outgoing } from '../channel.contract.ts';
import { createGateway } from './gateway.ts';

const NUMBERS = { takes: '+37120000001', refuses: '+37120000002', hangsUp: '+37120000003', slow: '+37120000004' };

interface Gate {
  readonly url: string;
  readonly port: number;
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string }[];
  readonly taken: string[];
  /** What is answered to a number that is taken. */
  answer: { status: number; body: string; headers?: Record<string, string> };
  close(): Promise<void>;
}

async function startGate(port = 0): Promise<Gate> {
  const slowed = new Set<string>();
  const gate = {
    requests: [] as Gate['requests'],
    taken: [] as string[],
    answer: { status: 200, body: '{"status":"OK","id":7}' },
  } as unknown as Gate;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString('utf8');
    gate.requests.push({ path: request.url ?? '', headers: request.headers, body });
    const isJson = body !== '' && (request.headers['content-type'] ?? '').includes('json');
    const fields = isJson
      ? (JSON.parse(body) as { to?: string; id?: string })
      : Object.fromEntries(new URLSearchParams(body || (request.url ?? '').split('?')[1]));
    const { to = '', id = '' } = fields;
    if (to === NUMBERS.hangsUp) return void request.socket.destroy();
    if (to === NUMBERS.refuses) return void response.writeHead(422).end('{}');
    if (to === NUMBERS.slow && !slowed.has(id)) {
      slowed.add(id);
      return void response.writeHead(429, { 'retry-after': '1' }).end();
    }
    gate.taken.push(id);
    response.writeHead(gate.answer.status, gate.answer.headers).end(gate.answer.body);
  };
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const at = (server.address() as AddressInfo).port;
  return Object.assign(gate, {
    port: at,
    url: `http://127.0.0.1:${at}/send`,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  });
}

const BODY = { to: '{{to}}', text: '{{text}}', from: '{{from}}', id: '{{ id }}' };

channelContract('text messages by a gateway over HTTP', {
  name: 'sms',
  recipients: { ...NUMBERS, asksToWait: NUMBERS.slow, bounces: null },
  async start(): Promise<ChannelRig> {
    let gate = await startGate();
    const { port, url } = gate;
    let before: readonly string[] = [];
    const guarded = createGuardedFetch({ allow: [`127.0.0.1:${port}`] });
    const channel = createGateway({ name: 'sms', options: { url, body: BODY }, timeout: 2_000 }, guarded);
    return {
      channel,
      taken: async () => [...before, ...gate.taken],
      receipts: async () => [],
      pass: () => undefined,
      reachable: async (yes) => {
        if (yes) gate = await startGate(port);
        else {
          before = [...before, ...gate.taken];
          await gate.close();
        }
      },
      stop: async () => {
        await channel.close();
        await guarded.close();
        await gate.close();
      },
    };
  },
});

describe('a gateway', () => {
  let gate: Gate;
  const guards: ReturnType<typeof createGuardedFetch>[] = [];
  beforeAll(async () => {
    gate = await startGate();
  });
  afterAll(async () => {
    await Promise.all(guards.map((guard) => guard.close()));
    await gate.close();
  });
  beforeEach(() => {
    gate.requests.length = 0;
    gate.answer = { status: 200, body: '{"status":"OK","data":{"id":7}}' };
  });
  const open = (options: JsonObject, allow = [`127.0.0.1:${gate.port}`]) => {
    const guarded = createGuardedFetch({ allow });
    guards.push(guarded);
    return createGateway({ name: 'gate', options: { url: gate.url, body: BODY, ...options } }, guarded);
  };
  const send = async (options: JsonObject, text = 'Hello', allow?: string[]): Promise<SendOutcome> => {
    const [outcome] = await open(options, allow).send([{ ...outgoing('sms', 'm1', NUMBERS.takes), text }]);
    return outcome as SendOutcome;
  };
  const nasty = 'He said "hi" & left\\ \n+1%20 Привет 😀 {{to}}';

  test('P25 what is filled in stays where it was put, as JSON, as a form and in an address', async () => {
    await send({ from: 'Lu"men' }, nasty);
    expect(JSON.parse(gate.requests[0]?.body ?? '')).toEqual({
      to: NUMBERS.takes,
      text: nasty,
      from: 'Lu"men',
      id: 'm1',
    });
    await send({ type: 'form', body: { ...BODY, key: 'a+b&c' } }, nasty);
    const form = Object.fromEntries(new URLSearchParams(gate.requests[1]?.body));
    expect(form).toEqual({ to: NUMBERS.takes, text: nasty, from: '', id: 'm1', key: 'a+b&c' });
    await send({ method: 'get', url: `${gate.url}?to={{digits}}&m={{text}}` }, nasty);
    const asked = new URL(gate.requests[2]?.path ?? '', gate.url).searchParams;
    expect([asked.get('to'), asked.get('m')]).toEqual([NUMBERS.takes.slice(1), nasty]);
  });

  test('a text cut in the middle of a character is sent, and stops no neighbour', async () => {
    const cut = nasty.slice(0, nasty.indexOf('😀') + 1);
    const ways: JsonObject[] = [{}, { type: 'form' }, { method: 'get', url: `${gate.url}?to={{to}}&m={{text}}` }];
    for (const way of ways) expect(await send(way, cut)).toMatchObject({ result: 'accepted' });
  });

  test('is told its own headers, and nobody else is', async () => {
    await send({ headers: { Authorization: 'Bearer s3cret' } });
    expect(gate.requests[0]?.headers.authorization).toBe('Bearer s3cret');
    gate.answer = { status: 302, body: '', headers: { location: 'https://elsewhere.example/' } };
    expect(await send({ headers: { Authorization: 'Bearer s3cret' } })).toMatchObject({ result: 'halted' });
  });

  test('names the message by its own id, where it says one', async () => {
    expect(await send({ id: 'data.id' })).toEqual({ result: 'accepted', providerId: '7' });
    expect(await send({ id: 'data.none' })).toMatchObject({ result: 'accepted' });
  });

  test.each<[number, SendOutcome['result']]>([
    [401, 'halted'],
    [403, 'halted'],
    [404, 'halted'],
    [400, 'refused'],
    [429, 'retry'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('P07 %d is %s', async (status, result) => {
    gate.answer = { status, body: '' };
    expect((await send({})).result).toBe(result);
  });

  const answers = { field: 'status', ok: ['OK', '0'], later: ['BUSY'], address: ['NO_PHONE'], halt: ['NO_MONEY'] };
  test.each<[string, object]>([
    ['{"status":"OK"}', { result: 'accepted' }],
    ['{"status":0}', { result: 'accepted' }],
    ['{"status":"BUSY"}', { result: 'retry' }],
    ['{"status":"NO_PHONE"}', { result: 'refused', why: { kind: 'address' } }],
    ['{"status":"NO_MONEY"}', { result: 'halted' }],
    ['{"status":"OTHER"}', { result: 'refused', why: { kind: 'provider' } }],
    ['{}', { result: 'unknown' }],
    ['<html>', { result: 'unknown' }],
  ])('what its answer %s says counts', async (body, expected) => {
    gate.answer = { status: 200, body };
    expect(await send({ answers })).toMatchObject(expected);
  });

  test('P30 none of its words is passed on where they may quote a number', async () => {
    gate.answer = { status: 200, body: JSON.stringify({ status: `no route to ${NUMBERS.takes}` }) };
    expect(JSON.stringify(await send({ answers }))).not.toContain(NUMBERS.takes);
  });

  test('P23 one that is not on the public internet is not asked', async () => {
    expect(await send({}, 'Hello', [])).toMatchObject({ result: 'halted' });
    expect(gate.requests).toEqual([]);
  });

  test.each<[JsonObject, RegExp]>([
    [{ url: 'gate' }, /"url"/],
    [{ body: { to: '{{to}}' } }, /\{\{text\}\}/],
    [{ body: { to: '{{phone}}', text: '{{text}}' } }, /nothing is called \{\{phone\}\}/],
    [{ method: 'put' }, /"method"/],
    [{ headers: { 'x y': '1' } }, /"headers"/],
    [{ headers: { x: '1\r\ny: 2' } }, /"headers"/],
    [{ answers: { ok: ['1'] } }, /"field"/],
    [{ answers: { field: 'x' } }, /"ok"/],
    [{ type: 'xml' }, /"type"/],
  ])('%j is refused with what is wrong', (options, wrong) => {
    expect(() => open(options)).toThrow(wrong);
  });
});
