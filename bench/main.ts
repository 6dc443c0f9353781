// `npm run bench [-- NAME …] [--scale 1]`: the figures of bench/README.md, each against its goal and against what the
// parts alone reach in the same run. A run that lost anything is void and ends with 1.

import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Burst, burst, introduce } from './burst.ts';
import { crowd, timers } from './crowd.ts';
import { doors, returnedMails } from './doors.ts';
import { growth } from './growth.ts';
import { ackInBurst, lone, urgentBehind } from './latency.ts';
import { databaseLimit, httpLimit, templateLimit } from './parts.ts';
import { pushes } from './push.ts';
import { mails } from './smtp.ts';
import { System } from './system.ts';
import { type Figure, printTable } from './table.ts';

const { values, positionals } = parseArgs({
  options: { scale: { type: 'string', default: '1' } },
  allowPositionals: true,
});
/** 1 is the size the goals speak of; less for a quick look. */
const scale = Number(values.scale);
const of = (count: number): number => Math.max(1_000, Math.round(count * scale));
const least = (goal: number) => ({ at: '>=', value: goal }) as const;
const most = (goal: number) => ({ at: '<=', value: goal }) as const;
const TEMPLATE = readFileSync(
  fileURLToPath(new URL('../../bench/workspace/bench-mail/offer.email.html', import.meta.url)),
  'utf8',
);

async function onSystem<Answer>(work: (system: System) => Promise<Answer>): Promise<Answer> {
  const system = await System.start();
  try {
    return await work(system);
  } finally {
    await system.stop();
  }
}

function told({ cpu, loadCpu, threads, events }: Burst): void {
  console.error(
    `  CPU of Tropa ${cpu.toFixed(1)} s (${((1_000 * cpu) / events).toFixed(2)} ms a message: ${threads}), of the load generator ${loadCpu.toFixed(1)} s`,
  );
}

async function bursts(): Promise<Figure[]> {
  const result = await onSystem(async (system) => {
    await introduce(system);
    return await burst(system, of(20_000), 100, 4);
  });
  told(result);
  const parts = Math.min(databaseLimit(), templateLimit(TEMPLATE));
  return [
    {
      name: 'burst, batches of 100 over 4 connections: events → messages',
      value: result.messagesPerSecond,
      unit: '/s',
      goal: least(5_000),
      limit: { what: 'database and template', value: parts },
    },
    { name: 'message latency in the burst, median', value: result.latency.p50 / 1_000, unit: 's', goal: most(2) },
    { name: 'memory of the whole system under load', value: result.peakMb, unit: 'MB', goal: most(350) },
  ];
}

async function singles(): Promise<Figure[]> {
  const result = await onSystem(async (system) => {
    await introduce(system);
    return await burst(system, of(10_000), 1, 50);
  });
  told(result);
  const limit = await httpLimit(50, { userId: 'p', event: 'bench.go', properties: {} });
  return [
    {
      name: 'one event a request, 50 connections: acknowledged',
      value: result.ackedPerSecond,
      unit: '/s',
      goal: least(3_000),
      limit: { what: 'bare HTTP', value: limit },
    },
    { name: '… its messages', value: result.messagesPerSecond, unit: '/s', goal: null },
  ];
}

async function latencies(): Promise<Figure[]> {
  return await onSystem(async (system) => {
    await introduce(system);
    await later(5_000);
    const idle = system.memory().now;
    const alone = await lone(system, Math.max(20, Math.round(120 * scale)));
    const ack = await ackInBurst(system, of(20_000));
    await system.audit();
    return [
      { name: 'memory of the whole system, idle', value: idle, unit: 'MB', goal: most(120) },
      { name: 'event → hand-over at 1 event/s, p50', value: alone.p50, unit: 'ms', goal: most(10) },
      { name: '… p95', value: alone.p95, unit: 'ms', goal: most(20) },
      { name: '… p99', value: alone.p99, unit: 'ms', goal: most(50) },
      { name: 'acknowledgement while a burst is worked off, p99', value: ack.p99, unit: 'ms', goal: most(15) },
    ];
  });
}

async function urgent(): Promise<Figure[]> {
  return await onSystem(async (system) => {
    await introduce(system);
    const latency = await urgentBehind(system, of(1_000_000), 20);
    await system.audit();
    return [
      {
        name: `transactional while ${of(1_000_000)} marketing sends are queued, p95`,
        value: latency.p95,
        unit: 'ms',
        goal: most(100),
      },
    ];
  });
}

async function due(): Promise<Figure[]> {
  const count = of(100_000);
  const rush = await timers(count, Math.max(20, Math.round(240 * scale)));
  const calm = await timers(1_000, 10);
  return [
    { name: `${count} timers due in one second`, value: rush.perSecond, unit: '/s', goal: least(5_000) },
    {
      name: 'lateness of 1,000 timers due in one second, p95',
      value: calm.latenessP95 / 1_000,
      unit: 's',
      goal: most(0.5),
    },
  ];
}

async function waiting(): Promise<Figure[]> {
  const people = of(1_000_000);
  const { personKb, eventKb, enrollmentKb, memoryGrewMb, readyMs } = await crowd(people);
  return [
    {
      name: `${people} people waiting: an enrollment with its timer`,
      value: enrollmentKb,
      unit: 'KB',
      goal: most(0.5),
    },
    { name: '… a person with two identities', value: personKb, unit: 'KB', goal: most(0.5) },
    { name: '… an event kept', value: eventKb, unit: 'KB', goal: most(0.4) },
    { name: '… what memory grew by', value: memoryGrewMb, unit: 'MB', goal: null },
    { name: '… a start with all of them waiting, until it listens', value: readyMs / 1_000, unit: 's', goal: most(3) },
  ];
}

async function growing(): Promise<Figure[]> {
  const { ofPeople, ofJourneys, idleEvents } = await growth(of(1_000_000), of(10_000));
  return [
    {
      name: `events → messages with ${of(1_000_000)} people instead of 10,000: kept`,
      value: ofPeople * 100,
      unit: '%',
      goal: least(80),
    },
    { name: '… with 200 live journeys instead of one: kept', value: ofJourneys * 100, unit: '%', goal: least(80) },
    { name: 'events that concern no journey', value: idleEvents, unit: '/s', goal: least(15_000) },
  ];
}

async function pushed(): Promise<Figure[]> {
  const { perSecond, cpuMs } = await pushes(of(20_000));
  return [
    {
      name: 'web push, a device a message, to a service that decrypts',
      value: perSecond,
      unit: '/s',
      goal: least(1_500),
    },
    { name: '… CPU of the sender, a message', value: cpuMs, unit: 'ms', goal: null },
  ];
}

async function incoming(): Promise<Figure[]> {
  const { opens, clicks, garbage, touched, orders, memory } = await doors(of(20_000), 2_000);
  const lost = [
    ...Object.entries(opens.statuses),
    ...Object.entries(clicks.statuses),
    ...Object.entries(orders.statuses),
  ];
  if (lost.some(([status]) => Number(status) >= 400)) throw new Error(`not all were answered: ${JSON.stringify(lost)}`);
  return [
    { name: 'open pixels at 2,000/s, p99', value: opens.p99, unit: 'ms', goal: most(10) },
    { name: '… p50', value: opens.p50, unit: 'ms', goal: null },
    { name: 'click redirects at 2,000/s, p99', value: clicks.p99, unit: 'ms', goal: most(10) },
    { name: '… p50', value: clicks.p50, unit: 'ms', goal: null },
    { name: 'forged links, as fast as they come', value: garbage.perSecond, unit: '/s', goal: null },
    { name: '… rows of the store they touched', value: touched, unit: '', goal: most(0) },
    { name: 'signed Shopify orders, durable', value: orders.perSecond, unit: '/s', goal: least(3_000) },
    { name: '… memory under all of it', value: memory, unit: 'MB', goal: most(400) },
    { name: 'returned mails read', value: returnedMails(5 * scale), unit: '/s', goal: least(500) },
  ];
}

async function mailed(): Promise<Figure[]> {
  const { perSecond, bare } = await mails(of(10_000));
  return [
    {
      name: 'mail by SMTP: journey, store, template and tracking included',
      value: (100 * perSecond) / bare,
      unit: '%',
      goal: least(80),
    },
    {
      name: '… mails',
      value: perSecond,
      unit: '/s',
      goal: null,
      limit: { what: 'nodemailer’s pool alone', value: bare },
    },
  ];
}

const MEASUREMENTS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  bursts,
  singles,
  latencies,
  urgent,
  due,
  waiting,
  growing,
  push: pushed,
  doors: incoming,
  mail: mailed,
};
const asked = positionals.length === 0 ? Object.keys(MEASUREMENTS) : positionals;
const unknown = asked.filter((name) => MEASUREMENTS[name] === undefined);
if (unknown.length > 0) {
  console.error(`there is no ${unknown.join(', ')}; choose of ${Object.keys(MEASUREMENTS).join(' ')}`);
  process.exit(2);
}
console.log(
  `${new Date().toISOString()}, ${cpus().length} × ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.versions.node}, scale ${scale}`,
);
for (const name of asked) {
  console.error(`${name} …`);
  printTable(await MEASUREMENTS[name]!(), name !== asked[0]);
}
