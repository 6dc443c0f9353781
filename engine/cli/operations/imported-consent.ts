// What a list says of consent, against what is known: a yes on it does not undo a no. The turn keeps to this whatever is
// found here (`core/learn.ts`); here it is found early enough to be told.

import { copy } from '../../core/copy.ts';
import { learn } from '../../core/learn.ts';
import type { Person } from '../../core/person.ts';
import { formatIso } from '../../language/calendar.ts';
import type { Store, StoredEvent } from '../../ports/store.ts';
import type { Told } from '../importing/people.ts';

/** What is answered about a row that was not taken as it stands. */
export interface Said {
  readonly row: number;
  /** False: nothing of it is taken. */
  readonly taken: boolean;
  readonly why: string;
}

/** The rows without each yes that meets a no, which is said; the rest of the row stays. */
export async function withoutRevivals(store: Store, rows: readonly Told[], said: Said[]): Promise<Told[]> {
  const people = await knownOf(
    store,
    rows.filter(({ consent }) => Object.values(consent).includes(true)),
  );
  const noes = new Set<string>();
  return rows.map((row) => {
    const kept = Object.entries(row.consent).filter(([channel, granted]) => {
      const scopes = row.who.map((key) => `${channel} ${key}`);
      const why = granted ? refusal(people, noes, row, channel) : null;
      if (why !== null) said.push({ row: row.row, taken: true, why: `the yes to ${channel} is not taken: ${why}` });
      remember(noes, granted ? [] : scopes);
      return why === null;
    });
    return { ...row, consent: Object.fromEntries(kept) };
  });
}

function remember(noes: Set<string>, scopes: readonly string[]): void {
  for (const scope of scopes) noes.add(scope);
}

function refusal(
  people: ReadonlyMap<string, Person>,
  noes: ReadonlySet<string>,
  { who }: Told,
  channel: string,
): string | null {
  if (who.some((key) => noes.has(`${channel} ${key}`))) return 'a row above says no';
  for (const key of who) {
    const word = people.get(key)?.consent[channel];
    if (word?.granted === false) return `it was withdrawn on ${formatIso(word.at).slice(0, 10)}`;
  }
  return null;
}

/** Whom these rows are about, by identity. */
async function knownOf(store: Store, rows: readonly Told[]): Promise<Map<string, Person>> {
  const keys = [...new Set(rows.flatMap(({ who }) => who))];
  const owners = await Promise.all(keys.map((key) => store.find(key)));
  const ids = [...new Set(owners.filter((id) => id !== null))];
  const loaded = ids.length === 0 ? [] : await store.load(ids);
  const people = new Map(loaded.map(({ person, events }) => [person.id, withWords(person, events)]));
  return new Map(keys.flatMap((key, n) => entryOf(key, people.get(owners[n] ?? ''))));
}

const entryOf = (key: string, person: Person | undefined): [string, Person][] =>
  person === undefined ? [] : [[key, person]];

/** The person with what was said about consent and is not applied yet. */
function withWords(person: Person, events: readonly StoredEvent[]): Person {
  const words = events.filter(({ name }) => name.startsWith('consent.'));
  if (words.length === 0) return person;
  const draft = copy(person);
  for (const word of words) learn(draft, word);
  return draft;
}
