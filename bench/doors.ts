// What comes in from outside: readers' opens and clicks, forged links, a shop's signed webhooks, and returned mails.

import { createHmac, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readReturnedMail } from '../channels/email/bounces/read.ts';
import { createLinks } from '../engine/runtime/links.ts';
import { burst, introduce } from './burst.ts';
import { type Paced, paced } from './paced.ts';
import { System } from './system.ts';

/** A reader's program, as one that is no machine names itself. */
const AGENT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148';
const get = (path: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: ${AGENT}\r\n\r\n`);
/** What a forged link could have left behind. */
const ROWS =
  'SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM messages) + (SELECT count(*) FROM journal) + (SELECT count(*) FROM mails)';
const FIXTURES = '../../';
const fixture = (path: string): string => fileURLToPath(new URL(FIXTURES + path, import.meta.url));

export interface Doors {
  readonly opens: Paced;
  readonly clicks: Paced;
  readonly garbage: Paced;
  /** Rows of the store that forged links made; there must be none. */
  readonly touched: number;
  readonly orders: Paced;
  readonly memory: number;
}

/** Messages, then whatever readers and strangers do with their links, then a shop's orders. */
export async function doors(count: number, rate: number): Promise<Doors> {
  const system = await System.start();
  try {
    await introduce(system);
    await burst(system, count, 100, 4);
    const ids = system.all<{ id: string }>('SELECT id FROM messages LIMIT ?', count).map(({ id }) => id);
    const links = createLinks(system.ask<string>(`SELECT value FROM meta WHERE key = 'secret'`), '');
    const at = { port: system.port, connections: 64, rate };
    const opens = await paced(
      at,
      ids.map((id) => get(links.open(id))),
    );
    await system.settled();
    const clicks = await paced(
      at,
      ids.map((id) => get(links.click(id, 'https://bench.example/lamp'))),
    );
    await system.settled();
    const before = system.ask(ROWS);
    const forged = Array.from({ length: count * 5 }, (_, n) =>
      get(`/${'ocubpy'[n % 5]}/${randomBytes(40).toString('base64url')}`),
    );
    const garbage = await paced({ ...at, rate: null }, forged);
    const touched = system.ask(ROWS) - before;
    const orders = await paced({ ...at, rate: null }, ordersOf(count));
    await system.settled();
    return { opens, clicks, garbage, touched, orders, memory: system.memory().peak };
  } finally {
    await system.stop();
  }
}

/** Orders as Shopify sends them, each another one of another customer, signed with the shop's secret. */
function ordersOf(count: number): Buffer[] {
  const order = JSON.parse(readFileSync(fixture('engine/sources/fixtures/shopify/orders-create.json'), 'utf8')) as {
    customer?: object;
  };
  return Array.from({ length: count }, (_, n) => {
    const email = `buyer${n}@bench.example`;
    const body = JSON.stringify({
      ...order,
      id: 10_000_000 + n,
      email,
      contact_email: email,
      customer: { ...order.customer, id: 20_000_000 + n, email },
    });
    const signature = createHmac('sha256', 'bench').update(body).digest('base64');
    return Buffer.from(
      `POST /hooks/shopify HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-shopify-topic: orders/create\r\n` +
        `x-shopify-hmac-sha256: ${signature}\r\nx-shopify-event-id: bench-${n}\r\nx-shopify-triggered-at: ${new Date().toISOString()}\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}

/** Returned mails read in a second: real ones of every dialect, again and again for about `seconds`. */
export function returnedMails(seconds: number): number {
  const folder = fixture('channels/email/bounces/fixtures');
  const mails = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(`${folder}/${name}`));
  const began = performance.now();
  let read = 0;
  while (performance.now() - began < seconds * 1_000) {
    for (const mail of mails) readReturnedMail(mail);
    read += mails.length;
  }
  return read / ((performance.now() - began) / 1_000);
}
