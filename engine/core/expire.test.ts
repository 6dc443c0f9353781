import { expect, test } from '@jest/globals';
import { enrollment, outboxItem } from '../testing/store-fixtures.ts';
import { isForgotten } from './anonymous.ts';
import { hasRunOut } from './expire.ts';
import { newPerson, type Person } from './person.ts';

const NOW = 1_000_000;
const person = (edit: Partial<Person>): Person => ({ ...newPerson('p', 0), lastSeenAt: 0, ...edit });
const timer = (at: number) => ({ step: '1', phase: null, visit: 1, at });
const idle = (due: number) => ({ journey: 'cart', trigger: 0, key: null, event: 'e', at: 0, data: {}, due });
const late = { decidedAt: NOW - 1, enrollment: 'enrollment-cart' };

test.each<[string, Partial<Person>, boolean]>([
  ['nothing waits', {}, false],
  ['a timer that was due', { enrollments: [enrollment('cart', { timers: [timer(NOW)] })] }, true],
  ['a timer that lies ahead', { enrollments: [enrollment('cart', { timers: [timer(NOW + 1)] })] }, false],
  ['a message about to leave', { enrollments: [enrollment('cart')], outbox: [outboxItem('m', late)] }, true],
  [
    'a message held for later',
    { enrollments: [enrollment('cart')], outbox: [outboxItem('m', { ...late, status: 'held', until: NOW + 1 })] },
    false,
  ],
  [
    'a message decided since',
    { enrollments: [enrollment('cart')], outbox: [outboxItem('m', { decidedAt: NOW + 1 })] },
    false,
  ],
  [
    'a message that is under way',
    { enrollments: [enrollment('cart')], outbox: [outboxItem('m', { ...late, status: 'begun' })] },
    false,
  ],
  ['a message sent again on a word', { outbox: [outboxItem('m', { ...late, resend: true })] }, true],
  ['a silence that was over', { idle: [idle(NOW)] }, true],
  ['a silence that lasts', { idle: [idle(NOW + 1)] }, false],
])('what had run out by a moment: %s', (_what, edit, expected) => {
  expect(hasRunOut(person(edit), NOW)).toBe(expected);
});

test.each<[string, Partial<Person>, boolean]>([
  ['of a device alone', { identities: ['anonymous:a', 'anonymous:b'] }, true],
  ['seen since', { lastSeenAt: NOW }, false],
  ['with an address of theirs', { identities: ['anonymous:a', 'email:a@example.com'] }, false],
  ['with a push subscription', { traits: { push: { value: 'https://push', at: 0, by: 'e' } } }, false],
  ['inside a journey', { enrollments: [enrollment('cart')] }, false],
  ['whose silence is waited for', { idle: [idle(NOW)] }, false],
  ['to whom something is on its way', { outbox: [outboxItem('m')] }, false],
  ['being merged', { into: 'other' }, false],
])('whether a visitor may be forgotten: %s', (_what, edit, expected) => {
  expect(isForgotten(person(edit), NOW)).toBe(expected);
});
