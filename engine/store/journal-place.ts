// Names of journal lines that changed hands: ids are `rev.n` of one person, and two people's may be equal.

import type { PersonId } from '../core/person.ts';

/** The id of a line of `origin` once it stands in another person's journal; a line moved before keeps its name. */
export function movedLineId(id: string, origin: PersonId): string {
  return id.includes('@') ? id : `${id}@${origin}`;
}

/** Reads a cursor of the journal: a line's id within one person's journal, `person/id` across people. */
export function parseLineCursor(after: string, person: PersonId | undefined): { person: PersonId; id: string } {
  const slash = after.indexOf('/');
  if (slash >= 0) return { person: after.slice(0, slash), id: after.slice(slash + 1) };
  return { person: person ?? '', id: after };
}
