// Who is to be looked at, and when. Apart from the records, because every arrival touches it.

import type { Database } from 'better-sqlite3';
import type { PersonId } from '../../core/person.ts';
import type { Claim, Lane } from '../../ports/store.ts';
import { urgentShare } from '../urgent-share.ts';
import type { Claims } from './claims.ts';
import type { ChangeIn } from './rows.ts';

export type Queue = ReturnType<typeof prepareQueue>;

export interface ClaimRequest {
  readonly lane: Lane | null;
  readonly now: number;
  readonly limit: number;
  readonly tick: number;
  readonly leaseMs: number;
}

interface Waiting {
  readonly person: PersonId;
  readonly lane: Lane;
  readonly unread: number;
}

/** A claim in the making. */
interface Taken {
  readonly people: Set<PersonId>;
  /** Events of theirs that wait: a claim is bounded by the work in it, and not by people alone. */
  unread: number;
}

export function prepareQueue(db: Database, claims: Claims) {
  const insert = db.prepare<[PersonId]>(`
    INSERT INTO queue (person, inbox_seq, seen_seq, wake_at, lane) VALUES (?, 0, 0, NULL, 'live')`);
  const arrive = db.prepare<[number, number, number, Lane | null, PersonId]>(`
    UPDATE queue SET inbox_seq = inbox_seq + ?, wake_at = min(coalesce(wake_at, ?), ?), lane = coalesce(?, lane)
    WHERE person = ?`);
  const seq = db.prepare<[PersonId], { inbox_seq: number }>('SELECT inbox_seq FROM queue WHERE person = ?');
  // An event that came after the person was loaded keeps it due at the moment the event asked for, and as urgent.
  const commit = db.prepare<[number, number, Lane, number, number | null, number | null, number | null, PersonId]>(`
    UPDATE queue SET seen_seq = ?,
      lane = CASE WHEN inbox_seq > ? AND lane = 'transactional' THEN lane ELSE ? END,
      wake_at = CASE WHEN inbox_seq > ? THEN min(coalesce(wake_at, ?), coalesce(?, wake_at)) ELSE ? END
    WHERE person = ?`);
  const due = db.prepare<[number], Waiting>(`
    SELECT person, lane, inbox_seq - seen_seq AS unread FROM queue WHERE wake_at <= ? ORDER BY wake_at, person`);
  const urgent = db.prepare<[number], Waiting>(`
    SELECT person, lane, inbox_seq - seen_seq AS unread FROM queue
    WHERE lane = 'transactional' AND wake_at <= ? ORDER BY wake_at, person`);
  // A clock that jumped back must not hide what was acknowledged before the jump.
  const unread = db.prepare<[number], Waiting>(`
    SELECT person, lane, inbox_seq - seen_seq AS unread FROM queue WHERE inbox_seq > seen_seq AND wake_at > ?`);
  const next = db.prepare<[], { at: number | null }>('SELECT min(wake_at) AS at FROM queue WHERE wake_at IS NOT NULL');
  const wakeInside = db.prepare<[number, number, string]>(`
    UPDATE queue SET wake_at = min(coalesce(wake_at, ?), ?) WHERE person IN (SELECT person FROM inside WHERE journey = ?)`);
  const wakeUnfinished = db.prepare<[number, number]>(`
    UPDATE queue SET wake_at = min(coalesce(wake_at, ?), ?)
    WHERE person IN (SELECT id FROM people WHERE begun > 0 UNION SELECT person FROM uncopied)`);
  const remove = db.prepare<[PersonId]>('DELETE FROM queue WHERE person = ?');

  function take(found: Iterable<Waiting>, { lane: wanted }: ClaimRequest, taken: Taken, limit: number): void {
    for (const { person, lane, unread } of found) {
      if (taken.people.size >= limit || taken.unread >= limit) return;
      if ((wanted !== null && lane !== wanted) || !claims.isFree(person) || taken.people.has(person)) continue;
      taken.people.add(person);
      taken.unread += unread;
    }
  }

  return {
    create: (person: PersonId): void => void insert.run(person),
    arrived: (person: PersonId, count: number, at: number, urgent: boolean): void =>
      void arrive.run(count, at, at, urgent ? 'transactional' : null, person),
    inboxSeq: (person: PersonId): number => seq.get(person)?.inbox_seq ?? 0,
    committed({ id, inboxSeq, wakeAt, lane }: ChangeIn): void {
      commit.run(inboxSeq, inboxSeq, lane, inboxSeq, wakeAt, wakeAt, wakeAt, id);
    },
    claim(request: ClaimRequest): Claim {
      claims.lapse(request.tick);
      const taken: Taken = { people: new Set(), unread: 0 };
      const { lane, now, limit } = request;
      if (lane === null) take(urgent.iterate(now), request, taken, urgentShare(limit));
      if (lane === 'transactional') take(urgent.iterate(now), request, taken, limit);
      else take(due.iterate(now), request, taken, limit);
      take(unread.iterate(now), request, taken, limit);
      return claims.grant([...taken.people], request.tick + request.leaseMs);
    },
    nextWake: (): number | null => next.get()?.at ?? null,
    wakeInside: (journey: string, now: number): void => void wakeInside.run(now, now, journey),
    /** Also wakes those whose intents were not known to be copied: a crash after their commit must lose nothing (I4). */
    recover: (now: number): void => void wakeUnfinished.run(now, now),
    remove: (person: PersonId): void => void remove.run(person),
  };
}
