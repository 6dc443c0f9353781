// People as they are decided about: claims, loading and commits.

import { byEffectiveTime } from '../../core/events.ts';
import type { PersonId } from '../../core/person.ts';
import type { Instant, Millis } from '../../language/values.ts';
import type { Change, Claim, CommitOutcome, Lane, Loaded, StoredEvent } from '../../ports/store.ts';
import { type Backlog, MOST_LATE } from '../../ports/store.ts';
import { digest } from '../person-digest.ts';
import { urgentShare } from '../urgent-share.ts';
import { copyOf } from './plain.ts';
import { currentPerson, type PersonRow, setLane, setWake, type Tables } from './tables.ts';
import type { Wake } from './wake-heap.ts';

const EVENTS_A_TURN = 100;

interface ClaimRequest {
  readonly lane: Lane | null;
  readonly now: Instant;
  readonly limit: number;
  readonly tick: Millis;
  readonly leaseMs: Millis;
}

let claimsMade = 0;

export function claim(tables: Tables, request: ClaimRequest): Claim {
  for (const [person, held] of tables.claims) if (held.until <= request.tick) tables.claims.delete(person);
  const unread = [...tables.unread].filter((person) => isFree(tables, person, request.lane));
  const all = new Set([...takeUrgent(tables, request), ...takeDue(tables, request), ...unread]);
  const people = bounded(tables, [...all], request.limit);
  claimsMade += 1;
  const token = `claim-${claimsMade}`;
  const until = request.tick + request.leaseMs;
  for (const person of people) tables.claims.set(person, { token, until });
  return { token, people };
}

/** As many as fit: a claim is bounded by the events that wait in it, and not by people alone. */
function bounded(tables: Tables, people: readonly PersonId[], limit: number): PersonId[] {
  let unread = 0;
  return people.slice(0, limit).filter((person) => {
    if (unread >= limit) return false;
    const row = tables.people.get(person);
    unread += row === undefined ? 0 : row.inboxSeq - row.seenSeq;
    return true;
  });
}

/** Of a claim for any lane, the transactional who are due. */
function takeUrgent(tables: Tables, { lane, now, limit }: ClaimRequest): PersonId[] {
  if (lane !== null) return [];
  const due = (person: PersonId): number => tables.people.get(person)?.wakeAt ?? Number.POSITIVE_INFINITY;
  return [...tables.urgent]
    .filter((person) => due(person) <= now && isFree(tables, person, null))
    .sort((a, b) => due(a) - due(b) || (a < b ? -1 : 1))
    .slice(0, urgentShare(limit));
}

/** Due people nobody holds, oldest first. Their moments stay in the heap: only a commit moves them. */
function takeDue(tables: Tables, request: ClaimRequest): PersonId[] {
  const taken = new Set<PersonId>();
  const standing = new Map<string, Wake>();
  while (taken.size < request.limit) {
    const wake = nextValid(tables);
    if (wake === undefined || wake.at > request.now) break;
    tables.wakes.pop();
    standing.set(wake.person, wake);
    if (isFree(tables, wake.person, request.lane)) taken.add(wake.person);
  }
  for (const wake of standing.values()) tables.wakes.push(wake);
  return [...taken];
}

function isFree(tables: Tables, person: PersonId, lane: Lane | null): boolean {
  const row = tables.people.get(person);
  return row !== undefined && !tables.claims.has(person) && (lane === null || row.lane === lane);
}

function nextValid(tables: Tables): Wake | undefined {
  for (;;) {
    const wake = tables.wakes.peek();
    if (wake === undefined || tables.people.get(wake.person)?.wakeAt === wake.at) return wake;
    tables.wakes.pop();
  }
}

export function nextWake(tables: Tables): Instant | null {
  return nextValid(tables)?.at ?? null;
}

export function release(tables: Tables, given: Claim): void {
  for (const person of given.people) {
    if (tables.claims.get(person)?.token === given.token) tables.claims.delete(person);
  }
}

export function backlog(tables: Tables, now: Instant, lateBefore: Instant): Backlog {
  const due = [...tables.people.values()].filter(({ wakeAt }) => wakeAt !== null && wakeAt <= now);
  const oldest = (lane: Lane): Instant | null =>
    due.reduce<Instant | null>(
      (least, row) => (row.lane === lane && (least === null || row.wakeAt! < least) ? row.wakeAt : least),
      null,
    );
  const late = due.filter(({ wakeAt, inboxSeq, seenSeq }) => inboxSeq === seenSeq && wakeAt! < lateBefore).length;
  return {
    since: { transactional: oldest('transactional'), live: oldest('live'), bulk: oldest('bulk') },
    late: Math.min(late, MOST_LATE),
  };
}

export function load(tables: Tables, ids: readonly PersonId[]): Loaded[] {
  const people = new Set(ids.map((id) => currentPerson(tables, id)).filter((id) => id !== null));
  return [...people].map((id) => {
    const row = tables.people.get(id)!;
    const waiting = [...(tables.undone.get(id) ?? [])].map((event) => tables.events.get(event)!).sort(byEffectiveTime);
    const events: StoredEvent[] = waiting.slice(0, EVENTS_A_TURN);
    return { person: copyOf(row.person), inboxSeq: row.inboxSeq, events, more: waiting.length > EVENTS_A_TURN };
  });
}

export function commit(tables: Tables, changes: readonly Change[], held: Claim | null): CommitOutcome[] {
  return changes.map((change) => {
    const row = tables.people.get(change.person.id);
    if (row === undefined || !mayCommit(tables, row, change, held)) return 'lost';
    store(tables, row, change);
    return 'won';
  });
}

function mayCommit(tables: Tables, row: PersonRow, change: Change, held: Claim | null): boolean {
  if (row.person.rev !== change.person.rev - 1) return false;
  if (change.exclusive && row.inboxSeq !== change.inboxSeq) return false;
  return held === null || tables.claims.get(row.person.id)?.token === held.token;
}

function store(tables: Tables, row: PersonRow, change: Change): void {
  row.person = copyOf(change.person);
  row.digest = digest(row.person);
  row.uncopied = row.digest.lastIntent;
  row.seenSeq = change.inboxSeq;
  // What came meanwhile is as urgent as it was.
  if (row.inboxSeq <= change.inboxSeq || row.lane !== 'transactional') setLane(tables, change.person.id, change.lane);
  if (row.inboxSeq <= change.inboxSeq) {
    tables.unread.delete(row.person.id);
    setWake(tables, row, change.wakeAt);
  } else if (change.wakeAt !== null && (row.wakeAt === null || change.wakeAt < row.wakeAt)) {
    setWake(tables, row, change.wakeAt);
  }
}
