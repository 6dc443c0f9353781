// The engine's side of an import: rows that a file tells about people are judged and taken in. What was said on purpose
// stands against a list: erased people stay away, a recorded no stays a no, suppressed addresses stay suppressed.

import { IMPORT, STARTING_IMPORT } from '../../core/events.ts';
import { TropaError } from '../../language/errors.ts';
import type { Instant, JsonObject } from '../../language/values.ts';
import type { TranslatedEvent } from '../../ports/source.ts';
import { admit } from '../../runtime/door.ts';
import type { House } from '../house.ts';
import type { Told } from '../importing/people.ts';
import { type Said, withoutRevivals } from './imported-consent.ts';
import type { Operation } from './operation.ts';
import { asJson, textOf } from './operation.ts';

/** Rows a question. */
const MOST = 1_000;

/** Takes rows in, once each: `run` and the row's number are what a row is known by. With `dry_run` nothing is stored. */
export const importRows: Operation = async (house, args) => {
  const run = textOf(args, 'run');
  const source = textOf(args, 'source');
  const rows = rowsIn(args);
  const dry = args.dry_run === true;
  const now = house.clock.now();
  const said: Said[] = [];
  const welcome = await withoutErased(house, rows, now, dry, said);
  const told = await withoutRevivals(house.store, welcome, said);
  const suppressed = await house.store.suppressed([...new Set(welcome.flatMap(({ who }) => who.flatMap(addressOf)))]);
  const events = told.flatMap((row) =>
    eventsOf(row, { run, now, data: { source, ...(args.confirmed === true && { confirmed: true }) } }),
  );
  const { events: admitted, refused } = admit(
    { events, refused: [] },
    args.start === true ? STARTING_IMPORT : IMPORT,
    now,
  );
  for (const { index, detail } of refused) said.push({ row: index, taken: false, why: detail });
  const receipts = dry ? [] : await house.engine.ingest(admitted);
  const taken = told.length - refused.length;
  const fresh = receipts.some(({ outcome }) => outcome === 'stored');
  return asJson({ taken, again: !dry && taken > 0 && !fresh, suppressed: suppressed.size, said });
};

function rowsIn({ rows }: JsonObject): Told[] {
  if (!Array.isArray(rows) || rows.length > MOST)
    throw new TropaError('E_BAD_REQUEST', `"rows" is a list of at most ${MOST}.`);
  return rows as unknown as Told[];
}

/** Whoever was erased is not made again, under any of the names the row has for them (P21). */
async function withoutErased(
  { store }: House,
  rows: readonly Told[],
  now: Instant,
  dry: boolean,
  said: Said[],
): Promise<Told[]> {
  const erased = await store.erasedAmong([...new Set(rows.flatMap(({ who }) => who))]);
  if (erased.size === 0) return [...rows];
  const stay: Told[] = [];
  for (const row of rows) {
    // Asked again for each: what one row says of them, the next may call by another name.
    const out = row.who.some((key) => erased.has(key)) || (await store.erasedAmong(row.who)).size > 0;
    if (!out) stay.push(row);
    else said.push({ row: row.row, taken: false, why: 'this person was erased' });
    if (out && !dry) await store.keepOut(row.who, now);
  }
  return stay;
}

const addressOf = (key: string): string[] =>
  key.startsWith('email:') ? [key] : key.startsWith('phone:') ? [key.replace('phone:', 'sms:')] : [];

type Numbered = TranslatedEvent & { readonly index: number };

function eventsOf(told: Told, { run, now, data }: { run: string; now: Instant; data: JsonObject }): Numbered[] {
  const about = { who: told.who, index: told.row };
  const id = `${run} ${told.row}`;
  // A millisecond before its consents: what starts on these already knows where to write.
  const profile = { ...about, id, name: 'profile.updated', at: Math.max(0, now - 1), data: told.traits };
  const consents = Object.entries(told.consent).map(([channel, granted]) => ({
    ...about,
    id: `${id} ${channel}`,
    name: granted ? 'consent.granted' : 'consent.withdrawn',
    at: told.consent_at ?? now,
    data: { channel, ...data },
  }));
  return [profile, ...consents];
}
