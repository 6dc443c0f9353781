import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../language/read-settings.ts';
import type { Category } from '../language/settings.ts';
import { permission } from './consent.ts';
import { devicesOf } from './devices.ts';
import type { TurnEvent } from './events.ts';
import { visitorsOf } from './events.ts';
import { learn } from './learn.ts';
import { absorb } from './merge.ts';
import { newPerson, type Person } from './person.ts';
import type { Work } from './work.ts';

let n = 0;
function event(source: string, name: string, data: TurnEvent['data'], more: Partial<TurnEvent> = {}): TurnEvent {
  n += 1;
  const at = 1_000 + n;
  return { id: `e${n}`, source, name, at, received: at, data, who: [], links: [], hops: 0, ...more };
}
const page = (name: string, data: TurnEvent['data'], more?: Partial<TurnEvent>) =>
  event(visitorsOf('web'), name, data, more);
const server = (name: string, data: TurnEvent['data'], more?: Partial<TurnEvent>) => event('web', name, data, more);

function personWho(...events: TurnEvent[]): Person {
  const person = newPerson('p', 0);
  for (const one of events) learn(person, one);
  return person;
}
const traits = (person: Person) =>
  Object.fromEntries(Object.entries(person.traits).map(([name, { value }]) => [name, value]));
const anna = () => server('profile.updated', { name: 'Anna' }, { who: ['user:anna'] });

describe('P28 what a page says of somebody', () => {
  test('the later word of a visitor counts while nobody knows them', () => {
    const person = personWho(
      page('profile.updated', { email: 'typo@b.example' }),
      page('profile.updated', { email: 'a@b.example', name: 'Anna' }),
    );
    expect(traits(person)).toEqual({ email: 'a@b.example', name: 'Anna' });
  });
  test('gives way to the shop, whichever came first', () => {
    const [told, typed] = [server('profile.updated', { name: 'Anna' }), page('profile.updated', { name: 'Evil' })];
    expect(traits(personWho(told, typed))).toEqual({ name: 'Anna' });
    expect(traits(personWho(typed, told))).toEqual({ name: 'Anna' });
  });
  test('fills in what is not known of somebody with a user id, and replaces nothing, not even a page’s own word', () => {
    const person = personWho(
      page('profile.updated', { city: 'Riga' }),
      anna(),
      page('profile.updated', { name: 'Evil', city: 'Evilton', size: 'M' }),
      page('cart.updated', {}, { who: ['email:first@b.example'] }),
      page('cart.updated', {}, { who: ['email:evil@b.example'] }),
    );
    expect(traits(person)).toEqual({ name: 'Anna', city: 'Riga', size: 'M', email: 'first@b.example' });
  });
  test('an address of the shop’s events stands against one that a page brings later', () => {
    const person = personWho(
      server('order.placed', { order_id: '1' }, { who: ['email:anna@b.example'] }),
      page('cart.updated', {}, { who: ['email:evil@b.example'] }),
    );
    expect(traits(person)).toEqual({ email: 'anna@b.example' });
  });
  test('no consent of somebody with a user id changes by it; one that was never given is taken with its proof', () => {
    const person = personWho(
      anna(),
      server('consent.withdrawn', { channel: 'email' }),
      server('consent.granted', { channel: 'push' }),
      page('consent.granted', { channel: 'email', source: 'browser' }),
      page('consent.withdrawn', { channel: 'push', source: 'browser' }),
      page('consent.granted', { channel: 'sms', source: 'browser', text: 'Yes', page: 'https://lumen.example/' }),
    );
    const granted = Object.entries(person.consent).map(([scope, word]) => [scope, word.granted]);
    expect(Object.fromEntries(granted)).toEqual({ email: false, push: true, sms: true });
    expect(person.consent.sms).toMatchObject({ source: 'browser', text: 'Yes', page: 'https://lumen.example/' });
  });
  test.each([
    ['a yes to letters', 'withdrawn', {}, 'granted', { category: 'letters' }, false],
    ['a no to letters', 'granted', {}, 'withdrawn', { category: 'letters' }, true],
    ['a no to all email', 'granted', { category: 'letters' }, 'withdrawn', {}, true],
  ])(
    '%s from a page is nothing against their own word about more or less than that',
    (_, own, about, typed, on, allowed) => {
      const { settings } = readSettings('tropa.yaml', 'categories: { letters: { title: Letters } }', {});
      const letters = settings.categories.letters as Category;
      const mine = server(`consent.${own}`, { channel: 'email', ...about });
      const theirs = page(`consent.${typed}`, { channel: 'email', ...on });
      for (const words of [
        [mine, theirs],
        [theirs, mine],
      ])
        expect(permission(personWho(anna(), ...words), settings, 'email', letters).allowed).toBe(allowed);
      // Of whom nobody knows, the later word is as good as any.
      expect(permission(personWho(mine, theirs), settings, 'email', letters).allowed).toBe(!allowed);
    },
  );
  test('becoming one with a visitor changes nothing that was known', () => {
    const person = personWho(page('profile.updated', { city: 'Riga' }), anna());
    person.consent.email = { granted: false, at: 1, by: 'e', source: 'web' };
    const visitor = {
      ...personWho(
        page('profile.updated', { name: 'Evil', city: 'Evilton', size: 'M' }),
        page('consent.granted', { channel: 'email' }),
      ),
      id: 'v',
    };
    absorb({ person, note: () => undefined } as unknown as Work, visitor);
    expect(traits(person)).toEqual({ name: 'Anna', city: 'Riga', size: 'M' });
    expect(person.consent.email.granted).toBe(false);
  });
});

describe('P28 a browser that anybody could have subscribed', () => {
  const keys = { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) };
  const subscribed = (who: string[]) => page('push.subscribed', { endpoint: 'https://push.example/1', keys }, { who });
  const devices = (...events: TurnEvent[]) => devicesOf(personWho(...events)).length;
  const claim = subscribed(['anonymous:a', 'email:anna@b.example']);

  test('is the visitor’s own, as long as nobody but them says who they are', () => {
    expect(devices(subscribed(['anonymous:a']))).toBe(1);
    expect(devices(claim)).toBe(1);
  });
  test.each([
    ['a user id', server('profile.updated', {}, { who: ['user:anna'] })],
    ['an address', server('order.placed', { order_id: '1' }, { who: ['email:anna@b.example'] })],
  ])('gets nothing of somebody whom the shop knows by %s, whichever came first', (_by, known) => {
    expect([devices(claim, known), devices(known, claim)]).toEqual([0, 0]);
  });
  test('is theirs once the shop says that this visitor is this person, whichever came first', () => {
    const known = server('profile.updated', {}, { who: ['user:anna', 'anonymous:a'] });
    expect([devices(claim, known), devices(known, claim)]).toEqual([1, 1]);
    const other = server('profile.updated', {}, { who: ['user:anna', 'anonymous:b'] });
    expect(devices(claim, other)).toBe(0);
    expect(devices(page('x', {}, { who: ['user:anna', 'anonymous:a'] }), claim, anna())).toBe(0);
  });
});
