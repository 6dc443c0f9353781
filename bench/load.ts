// The load generator, a process of its own: takes one job as JSON in its argument, sends it as fast as it is answered
// or at a steady rate, and prints what came of it as one line of JSON.

import { setTimeout as later } from 'node:timers/promises';
import { type Answer, Connection, post } from './http-client.ts';
import { quantile } from './quantile.ts';

export interface Job {
  readonly port: number;
  readonly connections: number;
  /** Events in all, the first of them numbered `from`. */
  readonly events: number;
  readonly from: number;
  /** Events a request; 1 goes to `/v1/track`. */
  readonly batch: number;
  readonly people: number;
  readonly event: string;
  /** Requests a second over all connections; null: as fast as they are answered. */
  readonly rate: number | null;
  /** More properties of every event. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Moment (ms) of `properties.due`, spread over none: the same for everybody. */
  readonly due?: number;
  /** Introduces people instead of sending events. */
  readonly identify?: boolean;
}

export interface Sent {
  readonly events: number;
  readonly seconds: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Milliseconds until acknowledged: p50, p95, p99, the worst. */
  readonly ack: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  readonly refused: number;
  /** Seconds of CPU of this process while it sent. */
  readonly cpu: number;
}

const ITEMS = [
  { title: 'Dune lamp', price: 129, sku: 'dune' },
  { title: 'Warm bulb', price: 9, sku: 'bulb' },
];

function message(job: Job, n: number): Record<string, unknown> {
  const person = n % job.people;
  const userId = `p${person}`;
  if (job.identify) {
    const traits = { email: `p${person}@bench.example`, first_name: `Person ${person}`, country: 'LV' };
    return { type: 'identify', userId, messageId: `i${n}`, traits: { ...traits, consent: { email: true } } };
  }
  const due = job.due === undefined ? {} : { due: new Date(job.due).toISOString() };
  const properties = { n, total: 138, items: ITEMS, ...job.properties, ...due };
  return { type: 'track', userId, messageId: `${job.event}-${n}`, event: job.event, properties };
}

function request(job: Job, first: number): Buffer {
  const count = Math.min(job.batch, job.from + job.events - first);
  if (job.batch === 1) {
    const { type, ...one } = message(job, first);
    return post(`/v1/${type}`, one);
  }
  return post('/v1/batch', { batch: Array.from({ length: count }, (_, n) => message(job, first + n)) });
}

async function run(job: Job): Promise<Sent> {
  const connections = Array.from({ length: job.connections }, () => new Connection(job.port));
  const answers: Answer[] = [];
  let next = job.from;
  // Bodies are made beforehand as far as memory allows: making them is not what is measured.
  const prepared: Buffer[] = [];
  for (let n = job.from; n < job.from + job.events && prepared.length < 5_000; n += job.batch)
    prepared.push(request(job, n));
  let taken = 0;
  const cpu = process.cpuUsage();
  const startedAt = Date.now();
  const since = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (next < job.from + job.events) {
        const mine = next;
        const turn = taken;
        next += job.batch;
        taken += 1;
        if (job.rate !== null) {
          const wait = since + (turn * 1_000) / job.rate - performance.now();
          if (wait > 0) await later(wait);
        }
        const answer = await connection.send(prepared[turn] ?? request(job, mine));
        answers.push(answer);
      }
    }),
  );
  const seconds = (performance.now() - since) / 1_000;
  const endedAt = Date.now();
  const { user, system } = process.cpuUsage(cpu);
  for (const connection of connections) connection.close();
  const sorted = Float64Array.from(answers, ({ ms }) => ms).sort();
  const ack = {
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
  };
  const refused = answers.filter(({ status }) => status !== 200).length;
  return { events: job.events, seconds, startedAt, endedAt, ack, refused, cpu: (user + system) / 1e6 };
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '') as Job)));
