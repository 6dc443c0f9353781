// `node dist/bench/keeping.js [--events 10000] [--days 365] [--retention 30]`: a virtual year on the embedded store. Prints
// the size of its file month by month, what a slice costs, and how long an arrival waits while nothing is deleted, while
// keeping works off a backlog, and while a backup is made. Ends with an audit: a run with findings is void.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { audit } from '../engine/reports/audit.ts';
import { figures } from '../engine/reports/figures.ts';
import { openSqliteStore } from '../engine/store/sqlite/sqlite-store.ts';
import { DAY, HOUR, VirtualYear } from './virtual-year.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    days: { type: 'string', default: '365' },
    retention: { type: 'string', default: '30' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
  },
});
const [events, days, retention] = [Number(values.events), Number(values.days), Number(values.retention)];

const folder = mkdtempSync(join(tmpdir(), 'tropa-keeping-'));
const file = join(folder, 'tropa.db');
const store = await openSqliteStore(folder);
const year = new VirtualYear(store, events, retention * DAY);
const mega = (path: string): string => `${(statSync(path).size / 1e6).toFixed(1)} MB`;

console.log(`${events} events a day for ${days} days, RETENTION ${retention}d`);
let begun = performance.now();
for (let day = 1; day <= days; day += 1) {
  await year.day(4);
  if (day % 30 !== 0 && day !== days) continue;
  const { people, events: kept, journal, messages } = await store.counts();
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  console.log(
    `day ${day}: ${mega(file)}, ${people} people, ${kept} events, ${journal} lines, ${messages} messages (${seconds} s)`,
  );
  begun = performance.now();
}

/** How long lone arrivals wait, asked for at a steady rate, whether or not the one before has been answered. */
async function arrivals(): Promise<string> {
  const waits: number[] = [];
  const asked: Promise<unknown>[] = [];
  const [from, gap] = [performance.now(), 1_000 / Number(values.rate)];
  for (let n = 0; n < Number(values.rate) * Number(values.seconds); n += 1) {
    const due = from + n * gap;
    if (due > performance.now()) await pause(due - performance.now());
    asked.push(store.ingest([year.event()]).then(() => waits.push(performance.now() - due)));
  }
  await Promise.all(asked);
  waits.sort((a, b) => a - b);
  const at = (share: number): string => `${(waits[Math.floor(waits.length * share)] ?? 0).toFixed(1)} ms`;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1 - 1 / waits.length)}`;
}

console.log(`arrivals, ${values.rate} a second, nothing deleted: ${await arrivals()}`);
await year.world.engine.drain();

// Half of what is there is past its time at once: a backlog that the engine works off beside everything else.
const strict = year.keepingOf((retention / 2) * DAY);
const before = await store.counts();
strict.start();
await year.world.clock.set(year.world.clock.now() + 2 * HOUR);
console.log(`arrivals, ${values.rate} a second, while deleting: ${await arrivals()}`);
await strict.stop();
const after = await store.counts();
console.log(
  `  deleted meanwhile: ${before.events - after.events + Number(values.rate) * Number(values.seconds)} events`,
);
await year.world.engine.drain();

const copy = join(folder, 'copy.db');
const copying = performance.now();
let took = 0;
const [during] = await Promise.all([
  arrivals(),
  store.backup(copy).then(() => {
    took = performance.now() - copying;
  }),
]);
console.log(
  `arrivals, ${values.rate} a second, a backup of ${mega(copy)} in ${took.toFixed(0)} ms among them: ${during}`,
);

await year.world.engine.drain();
const sums = JSON.stringify(await figures(store, null));
const left = performance.now();
const gone = await year.keeping.all();
console.log(`one pass at once: ${JSON.stringify(gone)} in ${(performance.now() - left).toFixed(0)} ms`);
const same = JSON.stringify(await figures(store, null)) === sums;
const { findings } = await audit(store, year.world.clock.now());
console.log(same && findings.length === 0 ? 'figures recount, everything agrees' : `VOID: ${JSON.stringify(findings)}`);
await store.close();
rmSync(folder, { recursive: true });
