// A demonstration shop on an origin of its own (http://localhost:7080): fill a cart, leave, and watch what Tropa makes of
// it. Its pages speak with the public key; its orders are told by this server, with the key that pages never see.
// Starts Tropa where none answers at TROPA_URL.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const TROPA = process.env.TROPA_URL ?? 'http://127.0.0.1:7070';
const PORT = Number(process.env.SHOP_PORT ?? 7080);
const PROGRAM = fileURLToPath(new URL('tropa.js', import.meta.url));
const PAGES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/shop.css': ['shop.css', 'text/css'],
  '/page.js': ['page.js', 'text/javascript'],
};
/** What a shop with a strict policy has to allow: the script, its calls, nothing else of another origin. */
const POLICY = `default-src 'none'; script-src 'self' ${TROPA}; connect-src 'self' ${TROPA}; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`;

const answers = () =>
  fetch(`${TROPA}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Reads a JSON body of a few kilobytes. */
async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 32_768) throw new Error('too large');
  }
  return JSON.parse(text);
}

/** An order is told by the server: the page only says whose it is and what is in it. */
async function order({ anonymousId, email, items }) {
  const id = randomUUID().slice(0, 8);
  const total = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const { ok } = await fetch(`${TROPA}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('demo:')}` },
    body: JSON.stringify({
      event: 'order.placed',
      anonymousId,
      messageId: id,
      properties: { order_id: id, number: id, email, items, total, currency: 'EUR' },
    }),
  });
  return { ok, order: id };
}

/** What `tropa explain` says of this visitor. */
const story = (visitor) =>
  new Promise((done) => {
    if (!/^[0-9a-f]{32}$/.test(visitor)) return done('');
    execFile(process.execPath, [PROGRAM, 'explain', `anonymous:${visitor}`], (_error, stdout) => done(stdout));
  });

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, `http://localhost:${PORT}`);
  const page = PAGES[pathname];
  if (request.method === 'GET' && page !== undefined) {
    const text = readFileSync(new URL(`shop/${page[0]}`, import.meta.url), 'utf8').replaceAll('{{tropa}}', TROPA);
    response.writeHead(200, { 'content-type': page[1], 'content-security-policy': POLICY }).end(text);
  } else if (request.method === 'POST' && pathname === '/order') {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(await order(await bodyOf(request))));
  } else if (request.method === 'GET' && pathname === '/story') {
    response
      .writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
      .end(await story(searchParams.get('visitor') ?? ''));
  } else response.writeHead(404).end();
}

if (!(await answers())) {
  const tropa = spawn(process.execPath, [PROGRAM, 'serve', '--watch'], { stdio: 'inherit' });
  tropa.on('exit', (code) => process.exit(code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tropa.kill(signal));
  while (!(await answers())) await new Promise((done) => setTimeout(done, 100));
}

createServer((request, response) => {
  answer(request, response).catch(() => response.headersSent || response.writeHead(400).end());
}).listen(PORT, 'localhost', () => {
  process.stdout.write(`The shop is open at http://localhost:${PORT}; its letters arrive at ${TROPA}/inbox\n`);
});
