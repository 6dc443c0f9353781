// The browsers by which a person takes push messages. Learnt from events in any order (P03): of one endpoint the later
// word wins, of one moment the one that ends it.

import type { Json, JsonObject } from '../language/values.ts';
import type { TurnEvent } from './events.ts';
import { effectiveTime, isVisitors } from './events.ts';
import type { Device, IdentityKey, Person } from './person.ts';

/**
 * So many endpoints are remembered, ended ones included: whoever may subscribe may do so as often as they like. The
 * latest stay, which is the same set whatever the order they were heard in.
 */
const MOST = 32;
const LONGEST_ENDPOINT = 2_048;
/** Source of what Tropa itself found out. */
const OWN = 'tropa';

/** A browser that can be written to. */
export interface LiveDevice {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** Learns from `push.subscribed`, `push.unsubscribed`, `push.gone`, and from outcomes that name endpoints as `gone`. */
export function learnDevices(person: Person, event: TurnEvent): void {
  const { name, data } = event;
  if (name === 'push.subscribed') subscribe(person, event);
  else if (name === 'push.unsubscribed' || name === 'push.gone') end(person, event, [data.endpoint ?? null]);
  else if (name.startsWith('message.') && Array.isArray(data.gone)) end(person, event, data.gone);
}

/** What decides by which devices somebody can be written to. */
type Owner = Pick<Person, 'devices' | 'identities' | 'traits' | 'vouched'>;

/** The devices that can be written to, the latest first. */
export function devicesOf(person: Owner): LiveDevice[] {
  return Object.entries(person.devices ?? {})
    .sort(([a, one], [b, other]) => byAge(a, one, b, other))
    .flatMap(([endpoint, { keys, claimed }]) =>
      keys === null || !isTrusted(person, claimed) ? [] : [{ endpoint, keys }],
    );
}

/**
 * Anybody can subscribe a browser of theirs and type somebody else's address. So where the shop itself knows who this is, a
 * device that came with the public key of a page waits until the shop says that its visitor is this person (`identify` with
 * both ids, an order with the anonymous id): what is written to one customer is not read by another.
 */
function isTrusted({ identities, traits, vouched = [] }: Owner, claimed: Device['claimed']): boolean {
  if (claimed === undefined || claimed.some((key) => vouched.includes(key))) return true;
  const knowsAddress = ['email', 'phone'].some((name) => traits[name] !== undefined && traits[name].visitors !== true);
  return !knowsAddress && !identities.some((key) => key.startsWith('user:'));
}

/** Remembers anonymous ids that the shop itself told together with somebody's own. */
export function learnVisitor(person: Person, event: TurnEvent): void {
  if (isVisitors(event) || event.who.length < 2) return;
  const told = event.who.filter((key) => key.startsWith('anonymous:'));
  if (told.length === 0 || told.length === event.who.length) return;
  person.vouched = [...new Set([...(person.vouched ?? []), ...told])].sort();
}

/** What two records know of devices, as one. */
export function uniteDevices(person: Person, loser: Pick<Person, 'devices' | 'vouched'>): void {
  if (loser.vouched !== undefined) person.vouched = [...new Set([...(person.vouched ?? []), ...loser.vouched])].sort();
  for (const [endpoint, device] of Object.entries(loser.devices ?? {})) keep(person, endpoint, device);
}

function subscribe(person: Person, event: TurnEvent): void {
  const { endpoint, agent } = event.data;
  const keys = keysOf(event.data.keys);
  if (!isEndpoint(endpoint) || keys === null) return;
  const told = typeof agent === 'string' && agent !== '' ? { agent: agent.slice(0, 200) } : {};
  const claims = claimsOf(event);
  const claimed = claims === null ? {} : { claimed: claims };
  keep(person, endpoint, { keys, at: effectiveTime(event), by: event.id, ...told, ...claimed });
}

/** The visitors who say so; of a renewed subscription those who said so of the one before. Null: the shop itself does. */
function claimsOf(event: TurnEvent): IdentityKey[] | null {
  if (isVisitors(event)) return event.who.filter((key) => key.startsWith('anonymous:'));
  const { claimed } = event.data;
  return event.source === OWN && Array.isArray(claimed) ? claimed.map(String) : null;
}

function end(person: Person, event: TurnEvent, endpoints: readonly Json[]): void {
  for (const endpoint of endpoints)
    if (isEndpoint(endpoint)) keep(person, endpoint, { keys: null, at: effectiveTime(event), by: event.id });
}

function keep(person: Person, endpoint: string, device: Device): void {
  const known = person.devices?.[endpoint];
  if (known !== undefined && !isLater(device, known)) return;
  const all = Object.entries({ ...person.devices, [endpoint]: device });
  // Sorted, so that the record is the same to the letter whatever came first.
  all.sort(([a, one], [b, other]) => byAge(a, one, b, other));
  person.devices = Object.fromEntries(all.slice(0, MOST));
}

function isLater(device: Device, known: Device): boolean {
  if (device.at !== known.at) return device.at > known.at;
  if ((device.keys === null) !== (known.keys === null)) return device.keys === null;
  return device.by > known.by;
}

function byAge(a: string, one: Device, b: string, other: Device): number {
  return other.at - one.at || (a < b ? -1 : 1);
}

/** Only what a push service could be: the rest of P23 is kept where it is connected to. */
function isEndpoint(value: Json | undefined): value is string {
  return typeof value === 'string' && /^https?:\/\/[^\s]+$/.test(value) && value.length <= LONGEST_ENDPOINT;
}

function keysOf(value: Json | undefined): LiveDevice['keys'] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { p256dh, auth } = value as JsonObject;
  return isKey(p256dh) && isKey(auth) ? { p256dh, auth } : null;
}

const isKey = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{16,200}={0,2}$/.test(value);
