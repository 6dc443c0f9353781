// What an event teaches about the person: identities, traits, orders, consent. Every rule here gives the same end for
// any order of arrival (P03): the later effective time wins, a tie goes to the greater event id.

import type { Json, JsonObject } from '../language/values.ts';
import { learnDevices, learnVisitor } from './devices.ts';
import type { TurnEvent } from './events.ts';
import { effectiveTime, isImported, isVisitors } from './events.ts';
import type { Consent, Order, Person, Trait } from './person.ts';
import { KEPT } from './profile.ts';

const CHANNELS = ['email', 'sms', 'push'] as const;
const UNWRITABLE = new Set<string>([...KEPT, 'id', '__proto__', 'constructor', 'prototype']);

/** Applies what an event says about the person. */
export function learn(person: Person, event: TurnEvent): void {
  const at = effectiveTime(event);
  person.lastSeenAt = Math.max(person.lastSeenAt, at);
  person.createdAt = Math.min(person.createdAt, at);
  for (const key of event.who) if (!person.identities.includes(key)) person.identities.push(key);
  person.identities.sort();
  learnVisitor(person, event);
  for (const key of event.who) learnAddress(person, key, event);
  if (event.name === 'profile.updated') learnTraits(person, event.data, event);
  else if (event.name.startsWith('order.')) learnOrder(person, event);
  else if (event.name === 'consent.granted' || event.name === 'consent.withdrawn') learnConsent(person, event);
  else if (event.name === 'tropa.begin') begin(person, event);
  else learnDevices(person, event);
}

/** A laboratory's person begins in the middle of a life: traits, consent and kept fields at once, starting nothing. */
function begin(person: Person, event: TurnEvent): void {
  const { traits, consent, kept } = event.data as { traits?: JsonObject; consent?: string[]; kept?: JsonObject };
  learnTraits(person, traits ?? {}, event);
  for (const channel of consent ?? [])
    learnConsent(person, { ...event, name: 'consent.granted', data: { channel, source: 'spec' } });
  person.kept = { ...person.kept, ...kept };
}

/** An address seen in passing is the person's only until one is told on purpose. */
function learnAddress(person: Person, key: string, event: TurnEvent): void {
  const colon = key.indexOf(':');
  const kind = key.slice(0, colon);
  if (kind !== 'email' && kind !== 'phone') return;
  writeTrait(person, kind, key.slice(colon + 1), event, 'weak');
}

function learnTraits(person: Person, traits: JsonObject, event: TurnEvent): void {
  for (const [name, value] of Object.entries(traits))
    if (!UNWRITABLE.has(name)) writeTrait(person, name, value, event, 'told');
}

/** How much a word about a trait weighs: what a shop told on purpose, what was seen in passing, what a visitor typed. */
export function weightOf(trait: Pick<Trait, 'weak' | 'visitors'>): number {
  return trait.visitors === true ? 0 : trait.weak === true ? 1 : 2;
}

/** True where somebody has a user id of their own: visitors fill in what is not known of them, and replace nothing. */
export const isKnown = (person: Person): boolean => person.identities.some((key) => key.startsWith('user:'));

function writeTrait(person: Person, name: string, value: Json, event: TurnEvent, how: 'told' | 'weak'): void {
  const at = effectiveTime(event);
  const visitors = isVisitors(event);
  const trait: Trait = {
    value,
    at,
    by: event.id,
    ...(how === 'weak' && { weak: true }),
    ...(visitors && { visitors: true }),
  };
  const known = person.traits[name];
  if (known !== undefined) {
    if (weightOf(trait) < weightOf(known) || (visitors && isKnown(person))) return;
    if (weightOf(trait) === weightOf(known) && !later(at, event.id, known)) return;
  }
  person.traits[name] = trait;
}

function later(at: number, id: string, known: { at: number; by: string }): boolean {
  return at > known.at || (at === known.at && id > known.by);
}

/**
 * Writes traits decided by a step; `by` is the message-like identity of that decision. A decision follows from what was
 * there, so of one moment it wins over any event, and the later of two decisions over the earlier.
 */
export function writeDecided(person: Person, fields: JsonObject, at: number, by: string): void {
  for (const [name, value] of Object.entries(fields)) {
    if (UNWRITABLE.has(name)) continue;
    const known = person.traits[name];
    // `~` sorts after every event's id, so that an event of this very moment ends the same whether it comes before or after.
    if (known === undefined || weightOf(known) < 2 || at >= known.at) person.traits[name] = { value, at, by: `~${by}` };
  }
}

/** Placed and paid count once; cancelled removes; refunds are a set that waits for its order. */
function learnOrder(person: Person, event: TurnEvent): void {
  const { data } = event;
  const id = data.order_id === undefined || data.order_id === null ? event.id : String(data.order_id);
  const order: Order = person.orders[id] ?? {
    total: 0,
    currency: null,
    told: [-1, 0, ''],
    placed: null,
    cancelled: false,
    refunds: {},
  };
  person.orders[id] = order;
  if (event.name === 'order.placed' || event.name === 'order.paid') {
    const at = effectiveTime(event);
    order.placed = order.placed === null ? at : Math.min(order.placed, at);
    tell(order, event.name === 'order.placed' ? 1 : 0, event);
  } else if (event.name === 'order.cancelled') order.cancelled = true;
  else if (event.name === 'order.refunded') order.refunds[String(data.refund_id ?? event.id)] = amount(data.amount);
}

/** The placed order's total counts; of several of one kind the latest. */
function tell(order: Order, rank: number, event: TurnEvent): void {
  const told: Order['told'] = [rank, effectiveTime(event), event.id];
  const [knownRank, knownAt, knownId] = order.told;
  const newer = rank !== knownRank ? rank > knownRank : told[1] !== knownAt ? told[1] > knownAt : told[2] > knownId;
  if (!newer) return;
  order.told = told;
  order.total = amount(event.data.total);
  order.currency = typeof event.data.currency === 'string' ? event.data.currency : null;
}

function amount(value: Json | undefined): number {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

/** A word about a channel, or about all of them when none is named; `category` narrows it. */
function learnConsent(person: Person, event: TurnEvent): void {
  const { channel, category } = event.data;
  const channels = CHANNELS.filter((one) => channel === undefined || channel === null || channel === one);
  for (const one of channels)
    hearWord(person, typeof category === 'string' && category !== '' ? `${one}/${category}` : one, event);
}

function hearWord(person: Person, scope: string, event: TurnEvent): void {
  const { data, source } = event;
  const visitors = isVisitors(event);
  const known = person.consent[scope];
  if (known !== undefined && visitors && isKnown(person)) return;
  const granted = event.name === 'consent.granted';
  const word: Consent = {
    granted,
    at: effectiveTime(event),
    by: event.id,
    source: typeof data.source === 'string' ? data.source : source,
    ...proofTexts(data),
    ...(typeof data.address === 'string' && { address: data.address }),
    ...(visitors && { visitors }),
    ...(granted && isImported(event) && { weak: true }),
  };
  person.consent[scope] = known === undefined ? word : laterWord(known, word);
}

/**
 * Which of two words about consent stands. A yes on a list gives way to whatever was told on purpose, whenever that was:
 * an import overwrites nobody's no. Else the later one; of a yes and a no of one moment the no.
 */
export function laterWord(a: Consent, b: Consent): Consent {
  if ((a.weak === true) !== (b.weak === true)) return a.weak === true ? b : a;
  if (a.at === b.at && a.granted !== b.granted) return a.granted ? b : a;
  return later(a.at, a.by, b) || (a.at === b.at && a.by === b.by) ? a : b;
}

type Proof = Pick<Consent, 'text' | 'version' | 'ip' | 'page' | 'agent'>;

function proofTexts(data: JsonObject): Proof {
  const proof: Proof = {};
  for (const name of ['text', 'version', 'ip', 'page', 'agent'] as const) {
    const value = data[name];
    if (typeof value === 'string') proof[name] = value;
    else if (typeof value === 'number') proof[name] = String(value);
  }
  return proof;
}
