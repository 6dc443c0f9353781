// The person as conditions and templates see them: traits, and what Tropa keeps itself.

import { isZone } from '../language/calendar.ts';
import type { Settings } from '../language/settings.ts';
import type { Json, JsonObject, Value } from '../language/values.ts';
import { Moment } from '../language/values.ts';
import { devicesOf } from './devices.ts';
import type { Order, Person } from './person.ts';

/** Fields Tropa keeps itself; nobody outside can write them. */
export const KEPT = [
  'orders_count',
  'orders_total',
  'first_order_at',
  'last_order_at',
  'created_at',
  'last_seen_at',
] as const;

/** The profile as conditions see it, with changes decided in this turn (`patch`) on top. */
export function profileOf(person: Person, settings: Settings, patch: JsonObject = {}): { [key: string]: Value } {
  const profile: { [key: string]: Value } = { id: idOf(person), tags: [] };
  for (const name of Object.keys(person.traits)) profile[name] = person.traits[name]!.value;
  return Object.assign(profile, patch, keptOf(person, settings));
}

/** The person's own user id where one is known, else ours. */
export function idOf(person: Person): string {
  const user = person.identities.find((key) => key.startsWith('user:'));
  return user === undefined ? person.id : user.slice('user:'.length);
}

function keptOf(person: Person, settings: Settings): { [key: string]: Value } {
  const orders = Object.values(person.orders).filter((order) => order.placed !== null && !order.cancelled);
  const past = person.pastOrders;
  const times = [...orders.map((order) => order.placed), past?.first, past?.last].filter(
    (time) => typeof time === 'number',
  );
  const given = person.kept ?? {};
  return {
    orders_count: orders.length + (past?.count ?? 0) + asNumber(given.orders_count),
    orders_total: cents(
      orders.reduce((sum, order) => sum + worth(order, settings.currency), 0) +
        (past?.totals[''] ?? 0) +
        (past?.totals[settings.currency] ?? 0) +
        asNumber(given.orders_total),
    ),
    first_order_at:
      given.first_order_at === undefined
        ? moment(times.length === 0 ? null : Math.min(...times))
        : keptMoment(given.first_order_at),
    last_order_at:
      times.length === 0 && given.last_order_at !== undefined
        ? keptMoment(given.last_order_at)
        : moment(times.length === 0 ? null : Math.max(...times)),
    created_at: given.created_at === undefined ? moment(person.createdAt) : keptMoment(given.created_at),
    last_seen_at: moment(person.lastSeenAt),
  };
}

/** What an order is worth in the workspace's currency; an order without one is in it, another currency is worth nothing here. */
function worth(order: Order, currency: string): number {
  if (order.currency !== null && order.currency !== currency) return 0;
  return order.total - Object.values(order.refunds).reduce((sum, amount) => sum + amount, 0);
}

/** Sums of money are rounded to a thousandth, so that 0.1 + 0.2 is 0.3 and currencies with three decimals stand. */
function cents(sum: number): number {
  return Math.round(sum * 1000) / 1000;
}

const moment = (ms: number | null): Moment | null => (ms === null ? null : new Moment(ms));
const keptMoment = (value: Json): Value => (typeof value === 'number' ? new Moment(value) : value);
const asNumber = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);

/** A text trait, or null. */
export function textTrait(person: Person, name: string): string | null {
  const value = person.traits[name]?.value;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The person's own zone where it is known and real, else the workspace's. */
export function zoneOf(person: Person, settings: Settings): string {
  return ownZone(person) ?? settings.timezone;
}

export function ownZone(person: Person): string | null {
  const zone = textTrait(person, 'timezone');
  return zone !== null && isZone(zone) ? zone : null;
}

/** The address a channel writes to, or null. Push goes to the person's devices, and is named by the trait `push`, else by the person. */
export function addressOf(
  person: Person,
  channel: 'email' | 'sms' | 'push',
  email: (text: string) => string | null,
  phone: (text: string) => string | null,
): string | null {
  if (channel === 'push') {
    const push = person.traits.push?.value;
    if (push !== undefined && push !== null && push !== 'none' && push !== false) return String(push);
    return devicesOf(person).length === 0 ? null : person.id;
  }
  const text = textTrait(person, channel === 'email' ? 'email' : 'phone');
  return text === null ? null : channel === 'email' ? email(text) : phone(text);
}
