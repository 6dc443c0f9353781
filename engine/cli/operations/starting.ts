// Starting people in a journey: one, or everybody in a segment; or only asking what would come of it.

import { NO_FACTS } from '../../core/facts.ts';
import type { Intent, Person } from '../../core/person.ts';
import { fold } from '../../core/turn.ts';
import { TropaError } from '../../language/errors.ts';
import { didYouMean } from '../../language/suggest.ts';
import type { JsonObject } from '../../language/values.ts';
import type { IncomingEvent } from '../../ports/store.ts';
import type { Workshop } from '../../runtime/definitions.ts';
import { foreseen, loadFacts } from '../../runtime/load-facts.ts';
import { membersOf } from '../../runtime/members.ts';
import type { House } from '../house.ts';
import { known } from './journeys.ts';
import type { Operation } from './operation.ts';
import { eventOf, optionalText, peopleOf, personOf, textOf } from './operation.ts';

/** More rounds of asking for facts than a decision has ever needed. */
const MOST_LOADS = 25;

export const start: Operation = async (house, args) => {
  const journey = textOf(args, 'journey');
  const definitions = await house.engine.refresh();
  await known(house, journey);
  const triggers = definitions.journey(journey)?.compiled.journey.triggers ?? [];
  if (!triggers.some((trigger) => trigger.kind === 'api'))
    throw new TropaError(
      'E_BAD_REQUEST',
      `"${journey}" cannot be started by hand. Add \`- api: true\` to its trigger, and deploy.`,
    );
  const data: JsonObject = { journey, data: (args.data ?? {}) as JsonObject, key: optionalText(args, 'key') };
  const counts: Record<string, number> = {};
  let started = 0;
  for await (const people of wanted(house, definitions, args)) {
    const events = people.map((person) => eventOf(house, person.id, 'tropa.start', data));
    if (args.dry_run !== true) await house.engine.ingest(events);
    else
      for (const [n, person] of people.entries()) count(counts, await wouldBe(house, definitions, person, events[n]));
    started += people.length;
  }
  if (args.dry_run !== true) return { journey, started };
  const { entered = 0, ...refused } = counts;
  return { journey, asked: started, would_start: entered, refused };
};

async function* wanted(house: House, definitions: Workshop, args: JsonObject): AsyncGenerator<readonly Person[]> {
  const segment = optionalText(args, 'segment');
  if (segment === null) {
    yield [await personOf(house.store, textOf(args, 'profile'))];
    return;
  }
  const names = Object.keys(definitions.settings.segments);
  if (!names.includes(segment))
    throw new TropaError(
      'E_BAD_REQUEST',
      `There is no segment "${segment}".${didYouMean(segment, names) || ` There are: ${names.join(', ') || 'none'}.`}`,
    );
  for await (const people of peopleOf(house.store)) {
    const members = await membersOf(house.store, definitions, segment, people, house.clock.now());
    if (members.length > 0) yield members;
  }
}

/** What the turn would decide, without deciding it: `entered`, or why not. */
async function wouldBe(
  house: House,
  definitions: Workshop,
  person: Person,
  event: IncomingEvent | undefined,
): Promise<string> {
  const [loaded] = await house.store.load([person.id]);
  if (loaded === undefined || event === undefined) return 'gone';
  const input = { ...event, links: [], hops: 0, person: person.id, done: false };
  const now = Math.max(loaded.person.now, house.clock.now());
  let [facts, missing] = [NO_FACTS, foreseen({ ...loaded, events: [input] }, definitions, now)];
  for (let loads = 0; loads < MOST_LOADS; loads += 1) {
    [facts = NO_FACTS] = await loadFacts(house.store, [{ person: person.id, missing, known: facts }]);
    const result = fold(loaded.person, { events: [input], absorb: [], more: false }, facts, definitions, now);
    if (!('missing' in result)) return entryIn(result.person.intents, input.id);
    missing = result.missing;
  }
  return 'unclear';
}

function entryIn(intents: readonly Intent[], cause: string): string {
  for (const intent of intents) {
    if (intent.kind !== 'journal' || intent.entry.because !== cause) continue;
    if (intent.entry.kind === 'entered') return 'entered';
    if (intent.entry.kind === 'refused_entry') return intent.entry.reason ?? 'refused';
  }
  return 'condition';
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
