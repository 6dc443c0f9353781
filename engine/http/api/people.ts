// People for the dashboard: finding them, and one person's story.

import { z } from 'zod';
import { normaliseEmail, normalisePhone } from '../../core/identity.ts';
import type { Person } from '../../core/person.ts';
import { idOf, profileOf, textTrait, zoneOf } from '../../core/profile.ts';
import { TropaError } from '../../language/errors.ts';
import { findPeople } from '../../reports/find-people.ts';
import { timeline } from '../../reports/timeline.ts';
import type { HttpHost } from '../host.ts';
import { type ApiRoute, route } from './frame.ts';

const PAGE = 60;

export function peopleRoutes(host: HttpHost): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/people',
      role: 'viewer',
      answer: async ({ query }) => {
        const { people, more } = await findPeople(host.store, query.q ?? '');
        return { people: people.map(line), more };
      },
    }),
    route({
      method: 'GET',
      url: '/api/people/:id',
      role: 'viewer',
      answer: async ({ params }) => full(host, await personOf(host, params.id)),
    }),
    route({
      method: 'GET',
      url: '/api/people/:id/timeline',
      role: 'viewer',
      answer: async ({ params, query }) =>
        timeline(host.store, await personOf(host, params.id), { before: query.before ?? null, limit: PAGE }),
    }),
    route({
      method: 'GET',
      url: '/api/people/:id/export',
      role: 'admin',
      answer: async ({ params, reply }) => {
        const { id } = await personOf(host, params.id);
        reply
          .header('content-disposition', 'attachment; filename="person.json"')
          .type('application/json; charset=utf-8');
        return reply.send(JSON.stringify(await host.operate('export', { profile: id }), null, 2));
      },
    }),
    route({
      method: 'POST',
      url: '/api/people/:id/suppress',
      role: 'author',
      body: z.strictObject({}),
      answer: async ({ params }) => suppress(host, await personOf(host, params.id)),
    }),
    route({
      method: 'POST',
      url: '/api/people/:id/erase',
      role: 'admin',
      body: z.strictObject({}),
      answer: async ({ params }) => {
        const { id } = await personOf(host, params.id);
        await host.operate('erase', { profile: id });
      },
    }),
  ];
}

async function personOf({ store }: HttpHost, name = ''): Promise<Person> {
  const [loaded] = await store.load([name]);
  if (loaded !== undefined) return loaded.person;
  const { people } = await findPeople(store, name, { exactly: true });
  const [found] = people;
  if (found === undefined) throw new TropaError('E_NO_SUCH_PROFILE', 'Nobody is known by this id.');
  return found;
}

/** What a person is called: by name, else by what the storefront calls them. */
export function nameOf(person: Person): string {
  const name = [textTrait(person, 'first_name'), textTrait(person, 'last_name')].filter(Boolean).join(' ');
  if (name !== '') return name;
  const id = idOf(person);
  return id === person.id ? (textTrait(person, 'email') ?? textTrait(person, 'phone') ?? id) : id;
}

function line(person: Person) {
  return {
    id: person.id,
    name: nameOf(person),
    email: textTrait(person, 'email'),
    phone: textTrait(person, 'phone'),
    inside: person.enrollments.map(({ journey }) => journey),
    lastSeenAt: person.lastSeenAt,
  };
}

async function full(host: HttpHost, person: Person) {
  const settings = host.settings();
  const { orders_count: count, orders_total: total } = profileOf(person, settings);
  return {
    id: person.id,
    name: nameOf(person),
    zone: zoneOf(person, settings),
    createdAt: person.createdAt,
    lastSeenAt: person.lastSeenAt,
    pausedUntil: person.pausedUntil !== null && person.pausedUntil > host.now() ? person.pausedUntil : null,
    identities: person.identities.map((key) => [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]),
    traits: Object.fromEntries(Object.entries(person.traits).map(([name, { value }]) => [name, value])),
    consent: Object.entries(person.consent).map(([scope, { granted, at, source, text, version }]) => {
      const [channel = '', category] = scope.split('/');
      return { channel, category: category ?? null, granted, at, source, text: text ?? null, version: version ?? null };
    }),
    suppressed: [...(await host.store.suppressed(addressesOf(person)))],
    orders: { count: Number(count ?? 0), total: Number(total ?? 0), currency: settings.currency },
    inside: person.enrollments.map(({ journey, key, step, phase, timers, enteredAt, holdout, fault }) => ({
      journey,
      key,
      step,
      phase,
      until: timers[0]?.at ?? null,
      enteredAt,
      holdout,
      fault: fault === undefined ? null : `${fault.code} ${fault.message}`,
    })),
    waiting: person.idle.map(({ journey, due }) => ({ journey, due })),
    onTheirWay: person.outbox.map(({ id, channel, template, journey, status, until, reason }) => ({
      id,
      channel,
      template,
      journey,
      status,
      until,
      reason,
    })),
  };
}

function addressesOf(person: Person): string[] {
  const email = normaliseEmail(textTrait(person, 'email') ?? '');
  const phone = normalisePhone(textTrait(person, 'phone') ?? '');
  return [...(email === null ? [] : [`email:${email}`]), ...(phone === null ? [] : [`sms:${phone}`])];
}

/** Whatever of theirs can be written to is left in peace. */
async function suppress(host: HttpHost, person: Person): Promise<void> {
  const addresses = addressesOf(person);
  if (addresses.length === 0) throw new TropaError('E_BAD_REQUEST', 'No address of this person is known.');
  await Promise.all(addresses.map((address) => host.store.suppress(address, 'operator', host.now())));
}
