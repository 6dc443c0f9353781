// Visitors nobody has heard of again: whom a store may forget whole.

import type { Instant } from '../language/values.ts';
import { devicesOf } from './devices.ts';
import type { Person } from './person.ts';

/** By which somebody could still be written to, though no identity says who they are. */
const ADDRESSES = ['email', 'phone', 'push'] as const;

/**
 * Whether this is a mere visitor not seen since `before`: known by device ids alone, without an address, inside no journey,
 * with nothing waited for and nothing on its way.
 */
export function isForgotten(person: Person, before: Instant): boolean {
  return (
    person.lastSeenAt < before &&
    person.into === null &&
    person.enrollments.length + person.idle.length + person.outbox.length + (person.clicks?.length ?? 0) === 0 &&
    person.identities.every((key) => key.startsWith('anonymous:')) &&
    ADDRESSES.every((name) => person.traits[name] === undefined) &&
    devicesOf(person).length === 0
  );
}
