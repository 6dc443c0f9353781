// Bursts: events → messages, batches of 100 over 4 connections, and one event a request over 50.

import { handOverLatency, type Quantiles } from './hand-over-latency.ts';
import type { System } from './system.ts';

export const PEOPLE = 10_000;

export interface Burst {
  readonly events: number;
  readonly ackedPerSecond: number;
  readonly messagesPerSecond: number;
  readonly settledPerSecond: number;
  readonly latency: Quantiles;
  readonly ackP99: number;
  readonly cpu: number;
  readonly loadCpu: number;
  readonly turns: number;
  readonly threads: string;
  readonly peakMb: number;
}

/** Introduces the people, so that the burst itself is about events. */
export async function introduce(system: System, people = PEOPLE): Promise<void> {
  await system.load({
    connections: 4,
    events: people,
    from: 0,
    batch: 100,
    people,
    event: '',
    rate: null,
    identify: true,
  });
  await system.settled();
}

export async function burst(system: System, events: number, batch: number, connections: number): Promise<Burst> {
  const cpu = system.cpu();
  const before = system.threads();
  const sent = await system.load({
    connections,
    events,
    from: 0,
    batch,
    people: PEOPLE,
    event: 'bench.go',
    rate: null,
  });
  await system.settled();
  const used = system.cpu() - cpu;
  await system.audit({ events, messages: events });
  const last = system.ask(`SELECT max(json_extract(body, '$.times.sending')) FROM messages`);
  const settled = system.ask(`SELECT max(received) FROM events`);
  return {
    events,
    ackedPerSecond: events / sent.seconds,
    messagesPerSecond: events / ((last - sent.startedAt) / 1_000),
    settledPerSecond: events / ((settled - sent.startedAt) / 1_000),
    latency: handOverLatency(system, 'bench.go'),
    ackP99: sent.ack.p99,
    cpu: used,
    loadCpu: sent.cpu,
    turns: system.ask<number>('SELECT sum(rev) FROM people') / events,
    threads: system
      .threads()
      .slice(0, 4)
      .map(({ name, seconds }, n) => `${name} ${(seconds - (before[n]?.seconds ?? 0)).toFixed(2)}`)
      .join(', '),
    peakMb: system.memory().peak,
  };
}
