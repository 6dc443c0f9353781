// Whom an arriving event concerns, decided the same way in every store from what its directory of identities says.

import { type Owner, resolveIdentity } from '../core/identity.ts';
import { mint } from '../core/ids.ts';
import type { IdentityKey, PersonId } from '../core/person.ts';
import type { IncomingEvent } from '../ports/store.ts';

/** What a store knows of identities at this moment. */
export interface Directory {
  owner(key: IdentityKey): Owner | undefined;
  /** The person this id stands for today, aliases followed; null when there is none. */
  current(person: PersonId): PersonId | null;
}

export interface IngestPlan {
  /** Null for events of nobody. */
  readonly person: PersonId | null;
  /** The person is not there yet. */
  readonly create: boolean;
  /** Keys that become this person's. */
  readonly attach: readonly IdentityKey[];
  readonly links: readonly PersonId[];
}

/** Plans one event. One whose person is gone (erased) is kept as nobody's: it raises nobody from the dead. */
export function planIngest(
  event: Pick<IncomingEvent, 'id' | 'who' | 'aliases' | 'person' | 'links'>,
  directory: Directory,
): IngestPlan {
  if (event.person !== undefined) return planFor(directory.current(event.person), event.links ?? [], directory);
  if (event.who.length === 0) return { person: null, create: false, attach: [], links: [] };
  const owners = new Map<IdentityKey, Owner>();
  for (const key of [...event.who, ...(event.aliases ?? [])]) {
    const owner = directory.owner(key);
    if (owner !== undefined) owners.set(key, owner);
  }
  const resolution = resolveIdentity(event.who, owners, event.aliases ?? []);
  const minted = mint('person', event.id);
  const known = resolution.person ?? directory.current(minted);
  const plan = planFor(known ?? minted, [...(event.links ?? []), ...resolution.links], directory);
  return { ...plan, create: known === null, attach: resolution.attach };
}

function planFor(person: PersonId | null, links: readonly PersonId[], directory: Directory): IngestPlan {
  const others = links.map((link) => directory.current(link)).filter((link) => link !== null && link !== person);
  return { person, create: false, attach: [], links: [...new Set(others as PersonId[])].sort() };
}
