// Bursts: events → messages, batches of 100 over 4 connections, and one event a request over 50.

import { quantile } from './quantile.ts';
import { System } from './system.ts';

const PEOPLE = 10_000;

export interface Burst {
  readonly events: number;
  readonly ackedPerSecond: number;
  readonly messagesPerSecond: number;
  readonly settledPerSecond: number;
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
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
  const rows = system.all<{ ms: number }>(`
    SELECT json_extract(m.body, '$.times.sending') - e.received AS ms FROM messages m
    JOIN journal j ON j.person = m.person AND json_extract(j.body, '$.enrollment') = json_extract(m.body, '$.enrollment')
      AND json_extract(j.body, '$.kind') = 'entered'
    JOIN events e ON e.id = json_extract(j.body, '$.because') ORDER BY ms`);
  const sorted = rows.map(({ ms }) => ms);
  return {
    events,
    ackedPerSecond: events / sent.seconds,
    messagesPerSecond: events / ((last - sent.startedAt) / 1_000),
    settledPerSecond: events / ((settled - sent.startedAt) / 1_000),
    latency: { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) },
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

if (process.argv[1]?.endsWith('burst.js')) {
  const [events = '20000', batch = '100', connections = '4'] = process.argv.slice(2);
  const system = await System.start();
  try {
    await introduce(system);
    console.log(await burst(system, Number(events), Number(batch), Number(connections)));
  } finally {
    await system.stop();
  }
}
