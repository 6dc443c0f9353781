// Erasing a person in one transaction, and knowing afterwards that they are gone for good (P21).

import type { Database } from 'better-sqlite3';
import type { IdentityKey, JournalEntry, Person, PersonId } from '../../core/person.ts';
import { closed, exitsOf, talliesOfLine } from '../../core/tallies.ts';
import type { Erased, Erasure } from '../../ports/erasing.ts';
import { erasedDigest } from '../erased-digest.ts';
import { mentionsOf } from '../mentions.ts';
import type { Claims } from './claims.ts';
import { counting } from './forgetting-slices.ts';
import type { Past } from './horizons.ts';
import type { People } from './people.ts';
import type { Queue } from './queue.ts';
import { type CopyIn, intentIn, messageOut, personOut } from './rows.ts';

export interface ErasingParts {
  readonly past: Past;
  readonly people: People;
  readonly queue: Queue;
  readonly claims: Claims;
  readonly copy: (work: CopyIn) => void;
}

/** Erasures are few, so all of them are at hand: this is asked at every copy. */
export function prepareGone(db: Database) {
  const add = db.prepare<[string, number]>('INSERT INTO erased (digest, at) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const find = db.prepare<[string], { digest: string }>('SELECT digest FROM erased WHERE digest = ?');
  const rows = db.prepare<[], { digest: string }>('SELECT digest FROM erased').all();
  const known = new Set(rows.map(({ digest }) => digest));
  return {
    has(person: PersonId): boolean {
      if (known.size === 0) return false;
      const digest = erasedDigest(person);
      // A transaction that failed leaves its names among the known ones.
      return known.has(digest) && find.get(digest) !== undefined;
    },
    add(person: PersonId, at: number): void {
      const digest = erasedDigest(person);
      add.run(digest, at);
      known.add(digest);
    },
  };
}

export function prepareErasing(db: Database, parts: ErasingParts, gone: ReturnType<typeof prepareGone>) {
  const standing = db.prepare<[PersonId], { rev: number; body: string }>('SELECT rev, body FROM people WHERE id = ?');
  const lines = db.prepare<[PersonId], { body: string }>('SELECT body FROM journal WHERE person = ?');
  const dropLines = db.prepare<[PersonId]>('DELETE FROM journal WHERE person = ?');
  const rows = db.prepare<[PersonId], { id: string; person: PersonId; body: string }>(
    'SELECT id, person, body FROM messages WHERE person = ?',
  );
  const strip = db.prepare<[PersonId, string, string, string]>(
    'UPDATE messages SET person = ?, status = ?, body = ? WHERE id = ?',
  );
  const events = db.prepare<[PersonId]>('DELETE FROM events WHERE person = ?');
  // A channel may know them by a name of their own: their messages are theirs all the same.
  const mails = db.prepare<[{ person: PersonId }]>(`
    DELETE FROM mails WHERE person = :person OR id IN (SELECT id FROM messages WHERE person = :person)`);
  const keys = db.prepare<[PersonId], { key: IdentityKey }>('DELETE FROM identities WHERE person = ? RETURNING key');
  const losers = db.prepare<[PersonId], { loser: PersonId }>('DELETE FROM aliases WHERE winner = ? RETURNING loser');
  const refused = db.prepare<[], { seq: number; detail: string; body: string }>(
    'SELECT seq, detail, body FROM refused',
  );
  const dropRefused = db.prepare<[number]>('DELETE FROM refused WHERE seq = ?');
  const lift = db.prepare<[string]>('DELETE FROM suppressions WHERE address = ?');
  const mark = db.prepare<[string, number]>(`
    INSERT INTO suppressions (address, reason, at) VALUES (?, 'erased', ?)
    ON CONFLICT (address) DO UPDATE SET at = excluded.at`);
  const { past, people, queue, claims, copy } = parts;

  /** Lines go; what they counted for stays, and whoever was inside of something has left it. */
  function dropJournal(person: Person): number {
    const counted = counting(past);
    const found = lines.all(person.id);
    for (const { body } of found) counted.add(talliesOfLine(JSON.parse(body) as JournalEntry));
    counted.add(exitsOf(person));
    counted.write();
    dropLines.run(person.id);
    return found.length;
  }

  function stripRows(person: PersonId): number {
    const found = rows.all(person);
    for (const one of found) {
      const row = closed(messageOut(one));
      strip.run(row.person, row.status, JSON.stringify(row), one.id);
    }
    return found.length;
  }

  function dropRefusals(known: readonly IdentityKey[]): number {
    const mentions = mentionsOf(known);
    let dropped = 0;
    for (const { seq, detail, body } of refused.all()) {
      if (!mentions(body) && !mentions(detail)) continue;
      dropped += 1;
      dropRefused.run(seq);
    }
    return dropped;
  }

  function suppressByMarks({ known, marks, at }: Erasure): void {
    for (const key of known) lift.run(key.replace(/^phone:/, 'sms:'));
    for (const one of marks) mark.run(one, at);
  }

  return (erasure: Erasure): Erased | null => {
    const { person: id, rev, inboxSeq, at } = erasure;
    const found = standing.get(id);
    if (found === undefined || found.rev !== rev || queue.inboxSeq(id) !== inboxSeq) return null;
    const person = personOut(found.body);
    // What was decided before is counted like everything else.
    copy({ person: id, intents: person.intents.map((intent) => intentIn(id, intent)), lastIntent: null });
    const identities = keys.all(id).map(({ key }) => key);
    const erased = {
      journal: dropJournal(person),
      mails: mails.run({ person: id }).changes,
      messages: stripRows(id),
      events: events.run(id).changes,
      refused: dropRefusals([...erasure.known, ...identities]),
      identities,
    };
    suppressByMarks(erasure);
    for (const { loser } of losers.all(id)) gone.add(loser, at);
    gone.add(id, at);
    people.remove(id);
    claims.drop(id);
    return erased;
  };
}
