// What an applied event looks like to the turn. Stored events and the laboratory's are of this shape.

import type { PastEvent } from '../language/condition.ts';
import type { Instant, JsonObject, Millis } from '../language/values.ts';
import type { IdentityKey, PersonId } from './person.ts';

/** An event of one person, as the turn takes it. */
export interface TurnEvent {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly at: Instant;
  readonly received: Instant;
  readonly data: JsonObject;
  readonly who: readonly IdentityKey[];
  readonly links: readonly PersonId[];
  readonly hops: number;
}

/** Ends the name of a source whose event anybody could have sent: it came with the public key of a page. */
const VISITOR = '#browser';

/** What a source is called where its public key was used. */
export const visitorsOf = (source: string): string => source + VISITOR;

/** The door behind a source's name, whichever of its keys was used. */
export const doorOf = (source: string): string =>
  source.endsWith(VISITOR) ? source.slice(0, -VISITOR.length) : source;

/** True for an event that is no better than a visitor's word. */
export const isVisitors = ({ source }: Pick<TurnEvent, 'source'>): boolean => source.endsWith(VISITOR);

/** How far a device's clock may run ahead of ours. */
export const AHEAD: Millis = 5 * 60_000;

/** min(own time, received + 5 min): one clock set to 2099 freezes nothing. */
export function effectiveTime(event: Pick<TurnEvent, 'at' | 'received'>): Instant {
  return Math.min(event.at, event.received + AHEAD);
}

/** The event as conditions see it. */
export function pastOf(event: TurnEvent): PastEvent {
  return { id: event.id, at: effectiveTime(event), data: event.data };
}

/** The order in which inputs of one person run. */
export function byEffectiveTime(a: TurnEvent, b: TurnEvent): number {
  return effectiveTime(a) - effectiveTime(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Source of events that were written down before, by others, and read from a file: they start no journey. */
export const IMPORT = 'import';
/** The same, where whoever imports wants journeys to start. No source of `tropa.yaml` can be called so. */
export const STARTING_IMPORT = 'import+start';

/** Whether an event comes from a list of people and not from what somebody did. */
export function isImported({ source }: Pick<TurnEvent, 'source'>): boolean {
  return source === IMPORT || source === STARTING_IMPORT;
}

/** Names the engine itself uses; no storefront may send them. */
export const RESERVED = ['message.', 'journey.', 'segment.', 'tropa.'] as const;
