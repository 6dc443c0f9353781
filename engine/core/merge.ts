// Two records turn out to be one human: the winner absorbs the loser. Idempotent by the loser's id.

import { endEnrollment, named } from './advance.ts';
import { uniteDevices } from './devices.ts';
import { isKnown, laterWord, weightOf } from './learn.ts';
import { uniteOrders } from './past-orders.ts';
import type { Asked, Consent, JourneyPast, Order, Person, Trait } from './person.ts';
import { uniteSilences } from './silences.ts';
import type { Work } from './work.ts';

/** Absorbs a frozen person into the one being folded. */
export function absorb(work: Work, loser: Person): void {
  const { person } = work;
  if (loser.id === person.id || person.absorbed.includes(loser.id)) return;
  const known = isKnown(person);
  person.absorbed = [...person.absorbed, loser.id, ...loser.absorbed].sort();
  person.identities = [...new Set([...person.identities, ...loser.identities])].sort();
  person.createdAt = Math.min(person.createdAt, loser.createdAt);
  person.lastSeenAt = Math.max(person.lastSeenAt, loser.lastSeenAt);
  person.traits = union(person.traits, loser.traits, known ? ownBeforeVisitors(laterTrait, byVisitor) : laterTrait);
  person.consent = union(person.consent, loser.consent, known ? ownBeforeVisitors(laterWord, byBrowser) : laterWord);
  uniteDevices(person, loser);
  if (loser.asked !== undefined) person.asked = union(person.asked ?? {}, loser.asked, together);
  person.orders = union(person.orders, loser.orders, oneOrder);
  uniteOrders(person, loser);
  person.past = union(person.past, loser.past, onePast);
  person.pausedUntil = Math.max(person.pausedUntil ?? 0, loser.pausedUntil ?? 0) || null;
  person.slots = [
    ...person.slots,
    ...loser.slots.filter((slot) => !person.slots.some((own) => own.message === slot.message)),
  ];
  person.goals = [
    ...person.goals,
    ...loser.goals.filter((goal) => !person.goals.some((own) => own.enrollment === goal.enrollment)),
  ];
  person.outbox = [
    ...person.outbox,
    ...loser.outbox.filter((item) => !person.outbox.some((own) => own.id === item.id)),
  ];
  const clicks = [
    ...(person.clicks ?? []),
    ...(loser.clicks ?? []).filter(({ id }) => person.clicks?.some((own) => own.id === id) !== true),
  ];
  if (clicks.length > 0) person.clicks = clicks;
  person.applied = [...new Set([...person.applied, ...loser.applied])];
  uniteSilences(work, loser);
  uniteEnrollments(work, loser);
  work.note({ kind: 'merged', detail: { absorbed: loser.id } });
}

/** The earlier enrollment of a key stays, the other ends as `merged`. */
function uniteEnrollments(work: Work, loser: Person): void {
  const { person } = work;
  person.enrollments = [
    ...person.enrollments,
    ...loser.enrollments.filter((one) => !person.enrollments.some((own) => own.id === one.id)),
  ];
  for (const enrollment of [...person.enrollments]) {
    const rival = person.enrollments.find(
      (one) =>
        one !== enrollment &&
        one.journey === enrollment.journey &&
        one.key === enrollment.key &&
        earlier(one, enrollment),
    );
    if (rival === undefined) continue;
    endEnrollment(work, enrollment, 'merged');
    work.note({ kind: 'merged', ...named(enrollment), detail: { stays: rival.id } });
  }
}

function earlier(a: { enteredAt: number; id: string }, b: { enteredAt: number; id: string }): boolean {
  return a.enteredAt < b.enteredAt || (a.enteredAt === b.enteredAt && a.id < b.id);
}

function union<T>(
  own: { [key: string]: T },
  other: { [key: string]: T },
  both: (a: T, b: T) => T,
): { [key: string]: T } {
  const result = { ...own };
  for (const [key, value] of Object.entries(other)) {
    const known = result[key];
    result[key] = known === undefined ? value : both(known, value);
  }
  return result;
}

const byVisitor = (trait: Trait): boolean => trait.visitors === true;
const byBrowser = (consent: Consent): boolean => consent.visitors === true;

const together = (a: Asked, b: Asked): Asked => ({ last: Math.max(a.last, b.last), times: a.times + b.times });

/** Somebody known keeps what is theirs against what a visitor said before it turned out who that was. */
function ownBeforeVisitors<T>(both: (a: T, b: T) => T, visitors: (one: T) => boolean): (own: T, other: T) => T {
  return (own, other) => (visitors(other) ? own : both(own, other));
}

function laterTrait(a: Trait, b: Trait): Trait {
  if (weightOf(a) !== weightOf(b)) return weightOf(a) < weightOf(b) ? b : a;
  return a.at > b.at || (a.at === b.at && a.by >= b.by) ? a : b;
}

function oneOrder(a: Order, b: Order): Order {
  const [first, second] =
    a.told[0] !== b.told[0]
      ? [a.told[0], b.told[0]]
      : a.told[1] !== b.told[1]
        ? [a.told[1], b.told[1]]
        : [a.told[2] > b.told[2] ? 1 : 0, a.told[2] > b.told[2] ? 0 : 1];
  const told = first >= second ? a : b;
  const placed = [a.placed, b.placed].filter((time): time is number => time !== null);
  return {
    total: told.total,
    currency: told.currency,
    told: told.told,
    placed: placed.length === 0 ? null : Math.min(...placed),
    cancelled: a.cancelled || b.cancelled,
    refunds: { ...a.refunds, ...b.refunds },
  };
}

function onePast(a: JourneyPast, b: JourneyPast): JourneyPast {
  const latest = a.enteredAt >= b.enteredAt ? a : b;
  return { ...latest, entries: a.entries + b.entries, keys: union(a.keys, b.keys, Math.max) };
}
