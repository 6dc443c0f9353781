// Who owns which identity, and who became whom.

import type { Database } from 'better-sqlite3';
import type { IdentityKey, PersonId } from '../../core/person.ts';
import type { Directory } from '../ingest-plan.ts';

export type Identities = ReturnType<typeof prepareIdentities>;

export function prepareIdentities(db: Database) {
  const owner = db.prepare<[IdentityKey], { person: PersonId }>('SELECT person FROM identities WHERE key = ?');
  const userId = db.prepare<[PersonId], { key: IdentityKey }>(`
    SELECT key FROM identities WHERE person = ? AND key >= 'user:' AND key < 'user;' LIMIT 1`);
  const attach = db.prepare<[IdentityKey, PersonId]>(`
    INSERT INTO identities (key, person) VALUES (?, ?) ON CONFLICT (key) DO NOTHING`);
  const move = db.prepare<[PersonId, PersonId]>('UPDATE identities SET person = ? WHERE person = ?');
  const winner = db.prepare<[PersonId], { winner: PersonId }>('SELECT winner FROM aliases WHERE loser = ?');
  const exists = db.prepare<[PersonId], { id: PersonId }>('SELECT id FROM people WHERE id = ?');
  const shorten = db.prepare<[PersonId, PersonId]>('UPDATE aliases SET winner = ? WHERE winner = ?');
  const become = db.prepare<[PersonId, PersonId]>('INSERT INTO aliases (loser, winner) VALUES (?, ?)');

  /** Aliases are kept one step long, so there is never a chain to follow. */
  const standsFor = (person: PersonId): PersonId => winner.get(person)?.winner ?? person;
  const current = (person: PersonId): PersonId | null => exists.get(standsFor(person))?.id ?? null;
  const find = (key: IdentityKey): PersonId | null => owner.get(key)?.person ?? null;
  const directory: Directory = {
    owner(key) {
      const person = find(key);
      return person === null ? undefined : { person, known: userId.get(person) !== undefined };
    },
    current,
  };

  return {
    directory,
    current,
    find,
    standsFor,
    attach: (key: IdentityKey, person: PersonId): void => void attach.run(key, person),
    /** Makes `loser` another name of `winner`, with everything that named the loser before. */
    become(loser: PersonId, winning: PersonId): void {
      move.run(winning, loser);
      shorten.run(winning, loser);
      become.run(loser, winning);
    },
  };
}
