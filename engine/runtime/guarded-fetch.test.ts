// The guarded client against real servers on this machine: what it must not reach, and what it tells of what it may.

import type { lookup as systemLookup } from 'node:dns';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { GuardedAnswer, GuardedFetch } from '../ports/guarded.ts';
import { createGuardedFetch, type GuardOptions } from './guarded-fetch.ts';
import { isPublicAddress } from './public-address.ts';

let server: Server;
let port: number;
let hits: string[];
const clients: GuardedFetch[] = [];

beforeEach(async () => {
  hits = [];
  server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    if (request.url === '/redirect')
      response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end('elsewhere');
    else if (request.url === '/long') response.end('x'.repeat(5_000));
    else if (request.url === '/hang') request.resume();
    else if (request.url === '/half') response.writeHead(200, { 'content-length': '10' }).write('half');
    else if (request.url === '/cut') response.destroy();
    else response.writeHead(201, { 'x-said': 'yes' }).end('hello');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  server.closeAllConnections();
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await new Promise((done) => server.close(done));
});

function client(options: GuardOptions = {}): GuardedFetch {
  const made = createGuardedFetch({ connectTimeout: 300, ...options });
  clients.push(made);
  return made;
}

/** A resolver that answers what it is told, in turn; the last answer stays. */
function names(...answers: readonly string[]): { asked: () => number; lookup: typeof systemLookup } {
  let asked = 0;
  const lookup = (_name: string, _options: unknown, done: (error: null, found: unknown) => void): void => {
    const address = answers[Math.min(asked, answers.length - 1)] ?? '';
    asked += 1;
    setImmediate(done, null, [{ address, family: address.includes(':') ? 6 : 4 }]);
  };
  return { asked: () => asked, lookup: lookup as unknown as typeof systemLookup };
}

const verdict = (answer: GuardedAnswer): string => (answer.ok ? `status ${answer.status}` : answer.why);

test.each([
  'http://127.0.0.1',
  'http://127.0.0.1.',
  'http://localhost',
  'http://localhost.',
  'http://127.1',
  'http://2130706433',
  'http://0x7f000001',
  'http://0x7f.0.0.1',
  'http://0177.0.0.1',
  'http://017700000001',
  'http://127.0.0.1:80@127.0.0.1',
  'http://user:password@localhost',
  'http://0.0.0.0',
  'http://0',
  'http://[::]',
  'http://[::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:7f00:1]',
  'http://[::127.0.0.1]',
  'http://[64:ff9b::7f00:1]',
  'http://[64:ff9b:1::7f00:1]',
  'http://[2002:7f00:1::]',
  'http://[2001:0:7f00:1::]',
  'http://[fe80::1]',
  'http://[fd00:ec2::254]',
  'http://①②⑦.⓪.⓪.①',
  'http://169.254.169.254',
  'http://10.0.0.1',
  'http://192.168.1.1',
  'http://100.64.0.1',
  'http://168.63.129.16',
  'ftp://127.0.0.1',
  'file:///etc/passwd#',
  'javascript:fetch("http://127.0.0.1")//',
  'http://%6c%6f%63%61%6c%68%6f%73%74',
])('P23 %s is forbidden, and nothing of the request leaves', async (typed) => {
  const url = /^https?:/.test(typed) ? `${typed}:${port}/secret` : typed;
  const answer = await client().ask({ method: 'GET', url });
  expect(answer).toMatchObject({ ok: false, why: 'forbidden', written: false });
  expect(JSON.stringify(answer)).not.toMatch(/127|localhost|169/);
  expect(hits).toEqual([]);
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '100.100.100.200',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '198.18.0.1',
  '::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
  '2001::1',
  'fc00::1',
  'fec0::1',
  'ff02::1',
  '2001:db8::1',
])('P23 a name that resolves to %s is forbidden', async (address) => {
  const answer = await client({ lookup: names(address).lookup }).ask({
    method: 'GET',
    url: `http://inside.example:${port}/`,
  });
  expect(answer).toMatchObject({ ok: false, why: 'forbidden', written: false });
  expect(hits).toEqual([]);
});

test('P23 a name that is public when judged and loopback when asked again gains nothing', async () => {
  const rebinding = names('93.184.215.14', '127.0.0.1');
  const guarded = client({ lookup: rebinding.lookup });
  const url = `http://rebind.example:${port}/secret`;
  const first = await guarded.ask({ method: 'GET', url, timeout: 400 });
  // Judged and connected to in one look: this machine has no way to that address, and never came to its own.
  expect(first).toMatchObject({ ok: false, written: false });
  expect(rebinding.asked()).toBe(1);
  expect(verdict(await guarded.ask({ method: 'GET', url }))).toBe('forbidden');
  expect(hits).toEqual([]);
});

test('P23 of a name with a public and a private address only the public one is tried', async () => {
  const lookup = ((_name: string, _options: unknown, done: (error: null, found: unknown) => void) =>
    setImmediate(done, null, [
      { address: '127.0.0.1', family: 4 },
      { address: '93.184.215.14', family: 4 },
    ])) as unknown as typeof systemLookup;
  const answer = await client({ lookup }).ask({ method: 'GET', url: `http://both.example:${port}/`, timeout: 400 });
  expect(answer).toMatchObject({ ok: false, written: false });
  expect(hits).toEqual([]);
});

test('P23 a redirect is answered and not followed, even into a place that is allowed', async () => {
  const guarded = client({ allow: [`localhost:${port}`, `127.0.0.1:${port}`] });
  const answer = await guarded.ask({ method: 'GET', url: `http://localhost:${port}/redirect` });
  expect(answer).toMatchObject({ ok: true, status: 302, headers: { location: `http://127.0.0.1:${port}/secret` } });
  expect(hits).toEqual(['GET /redirect']);
});

test('a place an operator allows is reached, and no other port of it, nor another name for it', async () => {
  const guarded = client({ allow: [`127.0.0.1:${port}`] });
  const answer = await guarded.ask({ method: 'POST', url: `http://127.0.0.1:${port}/in?q=1`, body: 'hello' });
  if (!answer.ok) throw new Error(answer.detail);
  expect([answer.status, answer.headers['x-said'], Buffer.from(answer.body).toString()]).toEqual([201, 'yes', 'hello']);
  expect(verdict(await guarded.ask({ method: 'GET', url: `http://localhost:${port}/` }))).toBe('forbidden');
  expect(verdict(await guarded.ask({ method: 'GET', url: `http://127.0.0.1:${port + 1}/` }))).toBe('forbidden');
  expect(hits).toEqual(['POST /in?q=1']);
});

test('what asks for https is not sent by http', async () => {
  const answer = await client().ask({ method: 'GET', url: 'http://93.184.215.14/', secure: true });
  expect(answer).toMatchObject({ ok: false, why: 'forbidden', detail: 'not https' });
});

test('nobody listening is told as surely not sent', async () => {
  const nobody = createTcp();
  await new Promise<void>((done) => nobody.listen(0, '127.0.0.1', done));
  const free = (nobody.address() as AddressInfo).port;
  await new Promise((done) => nobody.close(done));
  const answer = await client({ allow: [`127.0.0.1:${free}`] }).ask({
    method: 'POST',
    url: `http://127.0.0.1:${free}/`,
  });
  expect(answer).toEqual({ ok: false, why: 'unreachable', written: false, detail: 'ECONNREFUSED' });
});

test.each(['/hang', '/half', '/cut'])(
  '%s: an answer that does not come, or not whole, may have been taken',
  async (path) => {
    const guarded = client({ allow: [`127.0.0.1:${port}`] });
    const answer = await guarded.ask({ method: 'POST', url: `http://127.0.0.1:${port}${path}`, timeout: 300 });
    expect(answer).toMatchObject({ ok: false, why: 'silent', written: true });
    expect(hits).toEqual([`POST ${path}`]);
  },
);

test('what waited for a connection until its time was up is surely not sent, and is not sent later', async () => {
  const guarded = client({ allow: [`127.0.0.1:${port}`], connections: 1 });
  const ask = (path: string, timeout: number) =>
    guarded.ask({ method: 'POST', url: `http://127.0.0.1:${port}${path}`, timeout });
  const [first, second] = await Promise.all([ask('/hang', 400), ask('/waits', 150)]);
  expect(first).toMatchObject({ ok: false, written: true });
  expect(second).toMatchObject({ ok: false, why: 'silent', written: false });
  expect(verdict(await ask('/next', 1_000))).toBe('status 201');
  expect(hits).toEqual(['POST /hang', 'POST /next']);
});

test('an answer longer than the limit is cut off, and its status known', async () => {
  const guarded = client({ allow: [`127.0.0.1:${port}`] });
  const answer = await guarded.ask({ method: 'GET', url: `http://127.0.0.1:${port}/long`, limit: 1_000 });
  expect(answer).toMatchObject({ ok: false, why: 'too_large', written: true, status: 200 });
});

test('a header with a line break in it is never written', async () => {
  const guarded = client({ allow: [`127.0.0.1:${port}`] });
  const answer = await guarded.ask({
    method: 'GET',
    url: `http://127.0.0.1:${port}/`,
    headers: { 'x-a': 'b\r\nx-c: d' },
  });
  expect(answer).toMatchObject({ ok: false, written: false });
  expect(hits).toEqual([]);
});

test('a closed client reaches nothing', async () => {
  const guarded = client({ allow: [`127.0.0.1:${port}`] });
  await guarded.close();
  expect(verdict(await guarded.ask({ method: 'GET', url: `http://127.0.0.1:${port}/` }))).toBe('unreachable');
});

test('the internet is public', () => {
  for (const address of ['93.184.215.14', '8.8.8.8', '2606:4700::1111', '2a00:1450:4001::1'])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
});
