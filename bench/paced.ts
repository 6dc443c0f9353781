// Requests at a steady rate, whatever the server takes: how late each answer was is counted from when its request was due,
// so that a server that stands still cannot hide the requests it kept waiting.

import { setTimeout as later } from 'node:timers/promises';
import { Connection } from './http-client.ts';
import { quantile } from './quantile.ts';

export interface Paced {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** How many answers there were of each status. */
  readonly statuses: Readonly<Record<number, number>>;
}

export interface Pace {
  readonly port: number;
  readonly connections: number;
  /** Requests a second; null: as fast as they are answered. */
  readonly rate: number | null;
}

/** Sends every request once. */
export async function paced({ port, connections, rate }: Pace, requests: readonly Buffer[]): Promise<Paced> {
  const lines = Array.from({ length: connections }, () => new Connection(port));
  const late: number[] = [];
  const statuses: Record<number, number> = {};
  const began = performance.now() + 100;
  let next = 0;
  const work = async (line: Connection): Promise<void> => {
    for (let n = next++; n < requests.length; n = next++) {
      const due = rate === null ? performance.now() : began + (n / rate) * 1_000;
      const wait = due - performance.now();
      if (wait > 1) await later(wait);
      const { status } = await line.send(requests[n]!);
      late.push(performance.now() - due);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(lines.map(work));
  const seconds = (performance.now() - began) / 1_000;
  for (const line of lines) line.close();
  late.sort((a, b) => a - b);
  return { perSecond: requests.length / seconds, p50: quantile(late, 0.5), p99: quantile(late, 0.99), statuses };
}
