// Who may decide for whom: within this process by claims, between processes by the partitions they look after. Neither
// is what keeps decisions apart: revisions do (I4).

import type { mongo } from 'mongoose';
import type { PersonId } from '../../core/person.ts';
import { FORMAT } from '../../language/format.ts';
import type { Instant, Millis } from '../../language/values.ts';
import type { Claim, Lane } from '../../ports/store.ts';
import { urgentShare } from '../urgent-share.ts';
import type { PersonDoc } from './documents.ts';
import { NEVER } from './documents.ts';
import { patiently } from './failures.ts';
import { grouped, type Tables } from './tables.ts';

/** How often it is looked for unread events that the clock hides, in milliseconds of the caller's counter. */
const LOOK_FOR_HIDDEN: Millis = 5_000;
/** How often it is looked for whom others left to us. */
const LOOK_FOR_LEFT: Millis = 500;

export interface ClaimRequest {
  readonly lane: Lane | null;
  readonly now: Instant;
  readonly limit: number;
  readonly tick: Millis;
  readonly leaseMs: Millis;
}

type Waiting = Pick<PersonDoc, '_id' | 'inbox' | 'seen'>;

type Left = readonly { readonly person: PersonId; readonly format: number }[];

/** Of whom this release is sure, or nobody was ever unsure. */
const UNDERSTOOD = { $not: { $gt: FORMAT } } as const;

interface Hold {
  readonly token: string;
  readonly until: Millis;
}

export interface Claims {
  claim(request: ClaimRequest): Promise<Claim>;
  release(claim: Claim): void;
  /** Whether this claim still stands for this person. */
  holds(claim: Claim, person: PersonId): boolean;
  isFree(person: PersonId): boolean;
  leave(people: Left): Promise<void>;
  reconsider(): Promise<void>;
  nextWake(): Promise<Instant | null>;
}

export function createClaims(tables: Tables): Claims {
  const held = new Map<PersonId, Hold>();
  let lookedForLeft = Number.NEGATIVE_INFINITY;
  let [lookedAt, lookedNow] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];

  async function find(filter: mongo.Filter<PersonDoc>, limit: number): Promise<Waiting[]> {
    const parts = tables.crew.mine();
    if (limit <= 0 || parts?.length === 0) return [];
    return await patiently(() =>
      tables.people
        .find({ ...filter, needs: UNDERSTOOD, ...(parts !== null && { part: { $in: parts } }) } as never)
        .sort({ due: 1 })
        .limit(limit + held.size)
        .project<Waiting>({ inbox: 1, seen: 1 })
        .toArray(),
    );
  }

  /** Where more are due than are taken, the transactional go first, though never alone. */
  async function due({ lane, now, limit }: ClaimRequest): Promise<Waiting[]> {
    const reached = { $lte: now };
    if (lane !== null) return await find({ due: reached, lane }, limit);
    const all = await find({ due: reached }, limit + 1);
    if (all.filter(({ _id }) => !held.has(_id)).length <= limit) return all;
    const urgent = await find({ due: reached, lane: 'transactional' }, urgentShare(limit));
    return [...urgent.filter(({ _id }) => !held.has(_id)).slice(0, urgentShare(limit)), ...all];
  }

  /** A clock that jumped back must not hide what was acknowledged before the jump. */
  async function hidden({ lane, now, limit, tick }: ClaimRequest): Promise<Waiting[]> {
    if (lane === 'transactional' || (now >= lookedNow && tick - lookedAt < LOOK_FOR_HIDDEN)) return [];
    [lookedAt, lookedNow] = [tick, now];
    return await find({ unread: true, due: { $gt: now }, ...(lane !== null && { lane }) }, limit);
  }

  /** Whom workers of an older release left, in whatever partition. Before there is a second format nobody leaves anybody to us. */
  async function leftByOthers({ lane, now, limit, tick }: ClaimRequest): Promise<Waiting[]> {
    if (FORMAT === 1 || lane !== null || tables.crew.mine() === null || tick - lookedForLeft < LOOK_FOR_LEFT) return [];
    lookedForLeft = tick;
    const ours = { needs: { $gt: 1, $lte: FORMAT }, due: { $lte: now } };
    return await patiently(() =>
      tables.people
        .find(ours as never)
        .limit(limit + held.size)
        .project<Waiting>({ inbox: 1, seen: 1 })
        .toArray(),
    );
  }

  /** A claim is bounded by the events that wait in it, and not by people alone. Others may have claimed meanwhile. */
  function take(found: readonly Waiting[], limit: number, hold: Hold): PersonId[] {
    const people: PersonId[] = [];
    let unread = 0;
    for (const { _id, inbox, seen } of found) {
      if (people.length >= limit || unread >= limit) break;
      if (held.has(_id)) continue;
      held.set(_id, hold);
      people.push(_id);
      unread += inbox - seen;
    }
    return people;
  }

  return {
    async claim(request) {
      const { tick, limit, leaseMs } = request;
      for (const [person, { until }] of held) if (until <= tick) held.delete(person);
      const found =
        limit <= 0 ? [] : [...(await due(request)), ...(await hidden(request)), ...(await leftByOthers(request))];
      const token = tables.token();
      return { token, people: take(found, limit, { token, until: tick + leaseMs }) };
    },
    release({ token, people }) {
      for (const person of people) if (held.get(person)?.token === token) held.delete(person);
    },
    holds: ({ token }, person) => held.get(person)?.token === token,
    isFree: (person) => !held.has(person),
    async leave(people) {
      for (const [format, group] of grouped(people, (one) => one.format)) {
        const ids = group.map(({ person }) => person);
        await patiently(() => tables.people.updateMany({ _id: { $in: ids } }, { $set: { needs: format } }));
      }
    },
    async reconsider() {
      const parts = tables.crew.mine();
      const mine = parts === null ? {} : { part: { $in: [...parts] } };
      await patiently(() =>
        tables.people.updateMany({ needs: { $gt: FORMAT }, ...mine } as never, { $unset: { needs: '' } }),
      );
    },
    nextWake: () => earliest(tables),
  };
}

async function earliest(tables: Tables): Promise<Instant | null> {
  const parts = tables.crew.mine();
  if (parts?.length === 0) return null;
  const filter = { due: { $lt: NEVER }, needs: UNDERSTOOD, ...(parts !== null && { part: { $in: [...parts] } }) };
  const [first] = await patiently(() =>
    tables.people.find(filter).sort({ due: 1 }).limit(1).project<{ due: number }>({ due: 1 }).toArray(),
  );
  return first?.due ?? null;
}
