// What `doctor` says of a store that many processes share: its server, Redis, who works on it, and whom nobody works for.

import type { JsonObject, Millis } from '../../language/values.ts';
import type { SharedAbout } from '../adapters.ts';
import { MOST_DRIFT } from '../foundation.ts';
import type { House } from '../house.ts';

/** Due for longer than this, somebody's worker does nothing: every worker looks every five seconds. */
const STANDS_STILL: Millis = 60_000;
const MOST_NAMED = 5;

const finding = (about: string, wrong: string | null, good: string): JsonObject => ({
  ok: wrong === null,
  about,
  detail: wrong ?? good,
});

/** Nothing where the store is a folder's. */
export async function sharedLook(house: House): Promise<JsonObject[]> {
  const { about, clock, drift } = house;
  if (about === null || house.workers === null) return [];
  const shared = await about(clock.now() - STANDS_STILL);
  const off = Math.round(drift());
  return [
    { ok: true, about: 'database', detail: databaseWords(shared) },
    finding('writes', shared.unjournaled ? UNJOURNALED : null, 'each waits for most of the servers and their journals'),
    finding('indexes', indexWords(shared), 'all are there'),
    ...(await redisLook(house)),
    ...workersLook(house.workers, shared),
    finding(
      'clock',
      Math.abs(off) <= MOST_DRIFT ? null : `${off} ms off that of the database: let both follow a time server`,
      `${off} ms off that of the database`,
    ),
  ];
}

const UNJOURNALED =
  'MONGODB_URL says journal=false, so that a write is told durable before any disk has it: take that out';

function databaseWords({ version, replicaSet, members }: SharedAbout): string {
  if (replicaSet === null)
    return `MongoDB ${version}, a single server, and whatever is on it is lost with it: make it a replica set`;
  const few = members < 3 ? ': with fewer than three, the loss of one stops or loses writes' : '';
  return `MongoDB ${version}, replica set ${replicaSet} of ${members}${few}`;
}

function indexWords({ missingIndexes: missing }: SharedAbout): string | null {
  if (missing.length === 0) return null;
  return `${missing.length} are missing, and what they answer reads whole collections. In the database's shell: ${missing.join('; ')}`;
}

async function redisLook({ wakeups }: House): Promise<JsonObject[]> {
  if (wakeups.look === undefined) return [];
  return [finding('redis', await wakeups.look(), 'answers, and throws nothing away')];
}

function workersLook(workers: NonNullable<House['workers']>, { workers: written, late }: SharedAbout): JsonObject[] {
  const alive = workers.alive();
  if (alive.length === 0) {
    const nobody = 'nobody decides: start `tropa worker`, or `tropa serve` without --no-engine';
    return [finding('workers', nobody, ''), finding('partitions', 'nobody holds any of the 256', '')];
  }
  const known = written.filter(({ name }) => alive.includes(name));
  const releases = [...new Set(known.map(({ version }) => version))].sort();
  const mixed = releases.length > 1 ? `, of releases ${releases.join(' and ')}: end the upgrade` : '';
  const off = known.filter(({ offset }) => offset !== null && Math.abs(offset) > MOST_DRIFT);
  const clocks = off.map(({ name, offset }) => `${name} (${offset} ms)`).join(', ');
  const widest = Math.max(0, ...known.map(({ offset }) => Math.abs(offset ?? 0)));
  return [
    finding('workers', null, `${alive.length} decide${mixed}`),
    finding(
      'clocks',
      off.length === 0
        ? null
        : `off by more than ${MOST_DRIFT / 1_000} s: ${clocks}. Let those machines follow a time server`,
      `those of the workers are at most ${widest} ms off that of the database`,
    ),
    finding('partitions', stillWords(workers, late), 'each is held, and nobody there has been due for a minute'),
  ];
}

/** Whose people stand still: who is alive by their counter may still decide nothing. */
function stillWords(workers: NonNullable<House['workers']>, late: readonly number[]): string | null {
  if (late.length === 0) return null;
  const holders = [...new Set(late.map((partition) => workers.holderOf(partition) ?? 'nobody'))].sort();
  const named = holders.slice(0, MOST_NAMED).join(', ') + (holders.length > MOST_NAMED ? ' and others' : '');
  return `people of ${late.length} of 256 have been due for more than a minute. They are held by ${named}: look at the log there and at its CPU, restart it, or add workers`;
}
