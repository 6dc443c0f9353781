// Everything that is known of one person, as one document they could be handed: with when it was learnt, from where, and
// on which word of theirs each message stood (P20).

import { devicesOf } from '../core/devices.ts';
import { normaliseEmail, normalisePhone } from '../core/identity.ts';
import type { Consent, Enrollment, MessageRow, Order, OutboxItem, Person } from '../core/person.ts';
import { addressOf, idOf } from '../core/profile.ts';
import { formatIso } from '../language/calendar.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { SandboxMail, Store, StoredEvent } from '../ports/store.ts';
import { journalOf, messagesOf } from './ledger.ts';

const PAGE = 1_000;
const CHANNELS = ['email', 'sms', 'push'] as const;

/** The document. Times are ISO 8601; nothing is left out but what serves the engine alone. */
export async function dossier(store: Store, person: Person, now: Instant): Promise<JsonObject> {
  const events = await eventsOf(store, person.id);
  const sources = new Map(events.map(({ id, source }) => [id, source]));
  const messages: JsonObject[] = [];
  for await (const row of messagesOf(store, { person: person.id })) messages.push(await tellMessage(store, row));
  const journal: JsonObject[] = [];
  for await (const { person: _, at, ...line } of journalOf(store, { person: person.id }))
    journal.push({ at: formatIso(at), ...(line as unknown as JsonObject) });
  return {
    profile: idOf(person),
    person: person.id,
    exported_at: formatIso(now),
    created_at: formatIso(person.createdAt),
    last_seen_at: formatIso(person.lastSeenAt),
    identities: person.identities,
    traits: traitsOf(person, sources),
    consent: Object.entries(person.consent).map(([scope, word]) => tellConsent(scope, word)),
    suppressed: await suppressionsOf(store, person),
    paused_until: person.pausedUntil === null ? null : formatIso(person.pausedUntil),
    devices: devicesKept(person),
    orders: Object.entries(person.orders).map(([id, order]) => tellOrder(id, order)),
    earlier_orders: person.pastOrders === undefined ? null : tellPast(person.pastOrders),
    journeys: {
      inside: person.enrollments.map(tellEnrollment),
      past: Object.entries(person.past).map(([journey, { entries, enteredAt, endedAt, outcome }]) => ({
        journey,
        entries,
        entered_at: formatIso(enteredAt),
        ended_at: told(endedAt),
        outcome,
      })),
      waiting: person.idle.map(({ journey, event, at, data, due }) => ({
        journey,
        event,
        at: formatIso(at),
        data,
        enters_at: formatIso(due),
      })),
    },
    on_their_way: person.outbox.map(tellWaiting),
    messages: messages.reverse(),
    events: events.map(tellEvent),
    journal,
  };
}

/** Those that get pushes, the latest first; then those that have ended, or wait until the shop says whose they are. */
function devicesKept(person: Person): JsonObject[] {
  const live = devicesOf(person).map(({ endpoint }) => endpoint);
  const rest = Object.keys(person.devices ?? {}).filter((endpoint) => !live.includes(endpoint));
  return [...live, ...rest].map((endpoint) => {
    const { agent = null, at = 0, keys = null } = person.devices?.[endpoint] ?? {};
    const state = live.includes(endpoint) ? 'live' : keys === null ? 'ended' : 'unproven';
    return { endpoint, agent, since: formatIso(at), state };
  });
}

const told = (at: Instant | null): string | null => (at === null ? null : formatIso(at));

async function eventsOf(store: Store, person: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.id;
    const page = await store.events({ person, limit: PAGE, ...(after !== undefined && { after }) });
    events.push(...page);
    if (page.length < PAGE) return events;
  }
}

/** Each with when it was told and by whom; whose event is no longer kept says so by its id alone. */
function traitsOf(person: Person, sources: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    Object.entries(person.traits).map(([name, { value, at, by }]) => [
      name,
      { value, since: formatIso(at), source: sources.get(by) ?? null, event: by },
    ]),
  );
}

/** A word about a channel or a category, with its proof. */
export function tellConsent(scope: string, word: Consent): JsonObject {
  const { granted, at, by, source, text, version, ip, page, agent, pending, address } = word;
  const [channel = '', category] = scope.split('/');
  return {
    channel,
    category: category ?? null,
    granted,
    at: formatIso(at),
    source,
    text: text ?? null,
    version: version ?? null,
    ip: ip ?? null,
    page: page ?? null,
    ...(agent !== undefined && { agent }),
    ...(address !== undefined && { confirmed_for: address }),
    ...(pending === true && { waits_for_confirmation: true }),
    event: by,
  };
}

async function suppressionsOf(store: Store, person: Person): Promise<string[]> {
  const addresses = CHANNELS.flatMap((channel) => {
    const address = addressOf(person, channel, normaliseEmail, normalisePhone);
    return address === null ? [] : [`${channel}:${address}`];
  });
  return [...(await store.suppressed(addresses))];
}

function tellOrder(id: string, { total, currency, placed, cancelled, refunds }: Order): JsonObject {
  return { order_id: id, total, currency, placed_at: told(placed), cancelled, refunds };
}

function tellPast({ count, first, last, totals }: NonNullable<Person['pastOrders']>): JsonObject {
  return { count, first_at: told(first), last_at: told(last), totals };
}

function tellEnrollment({ id, journey, version, key, entry, enteredAt, trigger, step, memory, holdout }: Enrollment) {
  return {
    enrollment: id,
    journey,
    version,
    key,
    entry,
    entered_at: formatIso(enteredAt),
    trigger: { ...trigger.data, at: formatIso(trigger.at), name: trigger.name },
    step,
    vars: memory.vars,
    holdout,
  };
}

function tellWaiting({
  id,
  journey,
  step,
  channel,
  template,
  status,
  until,
  reason,
  to,
  proof,
}: OutboxItem): JsonObject {
  const consent = proof === null ? null : tellConsent(proof.scope, proof);
  return { message: id, journey, step, channel, template, status, until: told(until), reason, to, consent };
}

/** A message with the consent it stood on; what was in it where the sandbox kept it. */
async function tellMessage(store: Store, row: MessageRow): Promise<JsonObject> {
  const [mail] = await store.mails({ id: row.id, limit: 1 });
  const times = Object.entries(row.times).map(([name, at]) => [name, formatIso(at)]);
  return {
    message: row.id,
    journey: row.journey,
    step: row.step,
    channel: row.channel,
    template: row.template,
    category: row.category,
    to: row.to,
    status: row.status,
    reason: row.reason,
    decided_at: formatIso(row.at),
    times: Object.fromEntries(times) as JsonObject,
    consent: row.proof === null ? null : tellConsent(row.proof.scope, row.proof),
    provider_id: row.providerId,
    content_hash: row.contentHash,
    content: contentOf(mail),
  };
}

const contentOf = (mail: SandboxMail | undefined): JsonObject | null => mail?.content ?? null;

function tellEvent({ id, source, name, at, received, data }: StoredEvent): JsonObject {
  return { at: formatIso(at), received_at: formatIso(received), name, source, data, id };
}
