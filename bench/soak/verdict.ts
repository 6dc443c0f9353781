// The end of a soak: what was acknowledged is held against what is stored, every event against its messages, and the
// memory of the first third against that of the last.

import { mint } from '../../engine/core/ids.ts';
import type { Store, StoredEvent } from '../../engine/ports/store.ts';
import { messagesOf } from '../../engine/reports/ledger.ts';
import { openSqliteStore } from '../../engine/store/sqlite/sqlite-store.ts';
import type { Tropa } from '../../engine/testing/server.ts';
import { WORKSPACE } from './load.ts';

export interface Recount {
  readonly events: number;
  readonly messages: number;
  readonly unknown: number;
  readonly findings: readonly string[];
}

const PAGE = 1_000;
const STEPS = Object.keys(WORKSPACE).flatMap((path) => /\/(\w+)\.email/.exec(path)?.[1] ?? []);

/** Lets everything happen that is still due, stops the server, audits its folder with `tropa audit`, and recounts it. */
export async function recount(tropa: Tropa, acknowledged: ReadonlySet<string>): Promise<Recount> {
  await tropa.advance('1h');
  await tropa.signal('SIGTERM');
  const audit = await tropa.cli('audit');
  const findings = audit.status === 0 ? [] : [`tropa audit ended with ${audit.status}: ${audit.stdout}${audit.stderr}`];
  const store = await openSqliteStore(tropa.data);
  try {
    return await compare(store, acknowledged, findings);
  } finally {
    await store.close();
  }
}

async function compare(store: Store, acknowledged: ReadonlySet<string>, findings: string[]): Promise<Recount> {
  const { stored, told } = await readEvents(store, findings);
  for (const id of acknowledged)
    if (!stored.has(mint('event', 'shop', id))) findings.push(`${id} was acknowledged and is not stored`);
  const { got, messages, unknown } = await readMessages(store);
  for (const [person, count] of told)
    for (const step of STEPS) {
      const found = got.get(`${person} ${step}`) ?? 0;
      if (found !== count) findings.push(`${person} told ${count} events and has ${found} messages "${step}"`);
    }
  if (messages !== stored.size * STEPS.length)
    findings.push(`${stored.size} events made ${messages} messages, not ${stored.size * STEPS.length}`);
  return { events: stored.size, messages, unknown, findings };
}

/** The good load's events, and how many of them each person told. */
async function readEvents(store: Store, findings: string[]) {
  const stored = new Set<string>();
  const told = new Map<string, number>();
  for await (const { id, name, person, done } of eventsOf(store)) {
    if (name !== 'go') continue;
    stored.add(id);
    if (!done) findings.push(`${id} was stored and has taken no effect`);
    add(told, String(person));
  }
  return { stored, told };
}

/** How many messages of each template each person has in the ledger. */
async function readMessages(store: Store) {
  const got = new Map<string, number>();
  let [messages, unknown] = [0, 0];
  for await (const { person, template, status } of messagesOf(store)) {
    messages += 1;
    if (status === 'unknown') unknown += 1;
    add(got, `${person} ${template}`);
  }
  return { got, messages, unknown };
}

const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

async function* eventsOf(store: Store): AsyncGenerator<StoredEvent> {
  let after: string | undefined;
  for (;;) {
    const page = await store.events({ limit: PAGE, ...(after !== undefined && { after }) });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}

/**
 * How much the last third lies above the first, of what comes after the first quarter: 0.2 is 20 %. In the first quarter
 * the heap grows to its size and the store's page cache (16 MB) fills, which is bounded and no leak.
 */
export function growthOf(samples: readonly number[]): number {
  const settled = samples.slice(Math.floor(samples.length / 4));
  const third = Math.floor(settled.length / 3);
  const mean = (part: readonly number[]) => part.reduce((sum, one) => sum + one, 0) / Math.max(1, part.length);
  return mean(settled.slice(-third)) / mean(settled.slice(0, third)) - 1;
}
