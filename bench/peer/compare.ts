// The burst of bench/README.md against any peer: introduces the people, tells the events in batches over a few
// connections, and waits for their mails in the sink.

import { setTimeout as later } from 'node:timers/promises';
import { quantile } from '../quantile.ts';
import type { Figure } from '../table.ts';
import type { Peer } from './peer.ts';
import type { Sink } from './sink.ts';

export interface Size {
  readonly people: number;
  readonly events: number;
  readonly batch: number;
  readonly connections: number;
  /** No new mail for so long, and the rest is counted as lost. */
  readonly patienceMs: number;
}

async function post(url: string, peer: Peer, { path, body }: { path: string; body: unknown }): Promise<void> {
  const headers = { 'content-type': 'application/json', ...peer.headers };
  const response = await fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${peer.name} answered ${path} with ${response.status}`);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

/** Runs `work` over parts of 0…count, so many at a time. */
async function inParts(count: number, size: Size, work: (numbers: number[]) => Promise<void>): Promise<void> {
  let next = 0;
  const hand = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += size.batch;
      await work(range(from, Math.min(count, from + size.batch)));
    }
  };
  await Promise.all(Array.from({ length: size.connections }, hand));
}

/** Measures one peer. Lost mails are a figure of their own: a peer is not disqualified, it is described. */
export async function compare(url: string, peer: Peer, sink: Sink, size: Size): Promise<Figure[]> {
  await inParts(size.people, size, async (people) => {
    for (const request of peer.introduce(people)) await post(url, peer, request);
  });
  const told = new Map<number, number>();
  const since = Date.now();
  await inParts(size.events, size, async (numbers) => {
    await post(url, peer, peer.tell(numbers.map((n) => ({ n, person: n % size.people }))));
    const now = Date.now();
    for (const n of numbers) told.set(n, now);
  });
  const acknowledged = (Date.now() - since) / 1_000;
  await settled(sink, size);
  const times = [...sink.arrived.values()];
  const seconds = (Math.max(since, ...times) - since) / 1_000;
  const waits = [...sink.arrived].map(([n, at]) => at - (told.get(n) ?? at)).sort((a, b) => a - b);
  return [
    { name: `${peer.name}: events acknowledged`, value: size.events / acknowledged, unit: '/s', goal: null },
    { name: '… events → messages', value: seconds === 0 ? 0 : times.length / seconds, unit: '/s', goal: null },
    { name: '… message latency in the burst, median', value: quantile(waits, 0.5) / 1_000, unit: 's', goal: null },
    { name: '… messages lost', value: size.events - sink.arrived.size, unit: '', goal: null },
    { name: '… messages doubled', value: sink.count() - sink.arrived.size, unit: '', goal: null },
  ];
}

/** Until every mail is there, or none came for as long as patience lasts. */
async function settled(sink: Sink, { events, patienceMs }: Size): Promise<void> {
  let [seen, since] = [sink.count(), Date.now()];
  while (sink.arrived.size < events && Date.now() - since < patienceMs) {
    await later(50);
    if (sink.count() !== seen) [seen, since] = [sink.count(), Date.now()];
  }
}
