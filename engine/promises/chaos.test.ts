// Everything at once: workers and doors killed, paused and started again, Redis flushed and restarted, MongoDB cut off and
// restarted, while events arrive. At the end every acknowledged event has taken effect, and no mail left twice.
// `CHAOS` says for how many seconds; continuous integration takes three minutes.

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MessageRow } from '../core/person.ts';
import type { Store } from '../ports/store.ts';
import { openMongoStore } from '../store/mongo/mongo-store.ts';
import { type Cluster, startCluster } from '../testing/cluster.ts';
import { type MailServer, startMailServer } from '../testing/mail-server.ts';
import { runCli, type Tropa } from '../testing/server.ts';

const SECONDS = Number(process.env.CHAOS ?? 20);
const PEOPLE = 200;

let post: MailServer;
let cluster: Cluster;
beforeAll(async () => {
  post = await startMailServer();
  cluster = await startCluster({
    workspace: {
      'tropa.yaml': `timezone: UTC
sources: { shop: { type: segment, write_key: key } }
consent: { email: opt_out }
senders: { email: { provider: smtp, url: "smtp://127.0.0.1:${post.port}", from: "Shop <shop@x.example>" } }
`,
      'now/journey.yaml': `journey: now
status: live
trigger: { event: go, key: event.n }
steps:
  - email: hello
  - wait: 2s
  - email: again
`,
      'now/hello.email.html': 'subject: One\n---\n<p>One</p>\n',
      'now/again.email.html': 'subject: Two\n---\n<p>Two</p>\n',
    },
    workers: 3,
    doors: 2,
    keeps: true,
  });
}, 180_000);
afterAll(async () => {
  await cluster?.close();
  await post?.close();
});

/** The same numbers for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const random = chance(Number(process.env.SEED ?? 5));
const any = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;

/** What may befall them, each undone before the next. */
const DISASTERS: readonly (() => Promise<void>)[] = [
  async () => await again(any(cluster.workers)),
  async () => await again(any(cluster.doors)),
  async () => {
    const worker = any(cluster.workers);
    await worker.signal('SIGSTOP');
    await pause(11_000);
    await worker.signal('SIGCONT');
  },
  async () => void (await cluster.redis?.client.flushall().catch(() => undefined)),
  async () => await cluster.redis?.restart(),
  async () => {
    cluster.proxy.sever();
    await pause(random(3_000));
    cluster.proxy.mend();
  },
  async () => await cluster.mongo.restart(),
];

async function again(tropa: Tropa): Promise<void> {
  await tropa.signal('SIGKILL');
  await startAgain(tropa);
}

/** A process that finds no database ends, and whoever looks after it starts it again. */
async function startAgain(tropa: Tropa): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await tropa.start();
    } catch (error) {
      if (tries > 10) throw error;
    }
    await pause(500);
  }
}

/** Tells events until the end; answers those that were acknowledged. */
async function shop(part: number, over: () => boolean): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; !over(); n += 1) {
    const userId = `p${(n * 7 + part) % PEOPLE}`;
    const key = `${part}-${n}`;
    const door = cluster.doors[(n + part) % 2] as Tropa;
    const told = await door
      .post('/v1/track', { userId, event: 'go', messageId: key, properties: { n: key } })
      .catch(() => null);
    if (told?.status === 200) acknowledged.push(key);
    // Whoever was not answered tells the same once more, as platforms do.
    else if (told === null || told.status >= 500) {
      await pause(300);
      n -= 1;
    }
    await told?.arrayBuffer().catch(() => undefined);
    await pause(120);
  }
  return acknowledged;
}

const idOf = (raw: string): string => /^Message-ID: <([^@]+)@/im.exec(raw)?.[1] ?? '';

/** All rows, as they stand in the database. */
async function ledger(store: Store): Promise<MessageRow[]> {
  const rows: MessageRow[] = [];
  for (let before: string | undefined; ; before = rows.at(-1)?.id) {
    const page = await store.messages({ limit: 1_000, ...(before !== undefined && { before }) });
    rows.push(...page);
    if (page.length < 1_000) return rows;
  }
}

test(
  'P01 P02 P06 P08 P10 P11 P12 whatever befalls them: every acknowledged event takes effect once',
  async () => {
    for (let n = 0; n < PEOPLE; n += 1) await cluster.doors[0]!.identify(`p${n}`, { email: `p${n}@x.example` });
    let over = false;
    const shops = [1, 2, 3].map((part) => shop(part, () => over));
    const end = performance.now() + SECONDS * 1_000;
    let disasters = 0;
    while (performance.now() < end) {
      await any(DISASTERS)();
      disasters += 1;
      await pause(500 + random(1_500));
    }
    over = true;
    const acknowledged = (await Promise.all(shops)).flat();
    expect(disasters).toBeGreaterThan(2);
    expect(acknowledged.length).toBeGreaterThan(SECONDS * 2);

    // What was being handed over when its process died is looked after a minute later.
    const wanted = acknowledged.length * 2;
    const { store } = await openMongoStore(cluster.env.MONGODB_URL ?? '', {
      engine: false,
      logger: { warn: () => undefined },
    });
    const settled = ({ status }: MessageRow): boolean => status !== 'sending' && status !== 'held';
    let rows = await ledger(store);
    for (
      const until = performance.now() + 180_000;
      rows.length < wanted || !rows.every(settled);
      rows = await ledger(store)
    ) {
      if (performance.now() > until) break;
      await pause(2_000);
    }
    const standing = new Map<string, number>();
    for (const { status } of rows) standing.set(String(status), (standing.get(String(status)) ?? 0) + 1);
    // An event that was stored though its answer was lost may have been told no more: never fewer than acknowledged.
    expect([
      rows.length >= wanted,
      [...standing.keys()].filter((status) => !['sent', 'unknown'].includes(status)),
    ]).toEqual([true, []]);

    await store.close();

    const mails = new Map<string, number>();
    for (const { raw } of post.taken) mails.set(idOf(raw), (mails.get(idOf(raw)) ?? 0) + 1);
    expect([...mails].filter(([, times]) => times > 1)).toEqual([]);
    const sent = rows.filter(({ status }) => status === 'sent');
    expect(sent.filter(({ id }) => mails.get(String(id)) !== 1)).toEqual([]);
    expect([...mails.keys()].filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
    // Nobody knows of some whether they left: they are few, and shown.
    expect(rows.length - sent.length).toBeLessThan(rows.length / 5);
    const audit = await runCli(['audit', '--data', cluster.workers[0]!.data], cluster.env);
    expect([audit.status, audit.stdout]).toEqual([0, expect.stringContaining('Everything agrees')]);
  },
  SECONDS * 1_000 + 420_000,
);
