// Latency: event → hand-over of lone events, acknowledgements while a burst is worked off, and transactional mails
// behind a backlog of marketing.

import { PEOPLE } from './burst.ts';
import { handOverLatency, type Quantiles } from './hand-over-latency.ts';
import type { System } from './system.ts';

/** One event a second for so many seconds. */
export async function lone(system: System, seconds: number): Promise<Quantiles> {
  await system.load({
    connections: 1,
    events: seconds,
    from: 0,
    batch: 1,
    people: PEOPLE,
    event: 'bench.order',
    rate: 1,
  });
  await system.settled();
  return handOverLatency(system, 'bench.order');
}

/** Acknowledgements of single events, 50 a second, while `backlog` events wait to be worked off. */
export async function ackInBurst(system: System, backlog: number): Promise<Quantiles> {
  await system.load({
    connections: 4,
    events: backlog,
    from: 0,
    batch: 100,
    people: PEOPLE,
    event: 'bench.go',
    rate: null,
  });
  const { ack } = await system.load({
    connections: 4,
    events: 250,
    from: 0,
    batch: 1,
    people: PEOPLE,
    event: 'bench.seen',
    rate: 50,
  });
  await system.settled();
  return ack;
}

/** Transactional mails, five a second, while `backlog` marketing mails are queued. */
export async function urgentBehind(system: System, backlog: number, seconds: number): Promise<Quantiles> {
  await system.load({
    connections: 4,
    events: backlog,
    from: 0,
    batch: 100,
    people: PEOPLE,
    event: 'bench.go',
    rate: null,
  });
  const events = seconds * 5;
  await system.load({ connections: 1, events, from: 0, batch: 1, people: PEOPLE, event: 'bench.order', rate: 5 });
  const busy = system.ask('SELECT EXISTS (SELECT 1 FROM queue WHERE inbox_seq > seen_seq)');
  if (busy === 0) console.error('the backlog was gone before the last transactional mail; take a larger one');
  await system.settled(1_200);
  return handOverLatency(system, 'bench.order');
}
