// What a spec's text becomes.

import { describe, expect, test } from '@jest/globals';
import { readSpec } from './read-spec.ts';

function oneCase(script: string, expectation = '{ outcome: none }') {
  const { spec, faults } = readSpec(
    'cart/journey.spec.yaml',
    `journey: cart\nprofile: { id: anna, phone: +79161234567, consent: [email] }\ncases:\n  - name: one\n    start: 2026-03-02T12:00:00+03:00\n    profile: { phone: null, orders_count: 3 }\n    script:\n${script.replaceAll(/^/gm, '      ')}\n    expect: ${expectation}\n`,
  );
  expect(faults).toEqual([]);
  return spec?.cases[0];
}

describe('a line of a script', () => {
  test.each([
    [
      '- event: cart.updated\n  data: { total: 49, id: 7 }',
      {
        after: null,
        action: { kind: 'event', event: 'cart.updated', data: { total: 49, id: '7' }, as: null, id: null },
      },
    ],
    [
      '- { after: 3h, opened: reminder }',
      { after: 10_800_000, action: { kind: 'signal', signal: 'opened', step: 'reminder', value: null } },
    ],
    ['- { replied: 1, value: 7 }', { action: { kind: 'signal', signal: 'replied', step: '1', value: 7 } }],
    ['- { after: 10d }', { after: 864_000_000, action: { kind: 'pass' } }],
    [
      '- { at: 2026-03-02 20:00, unsubscribed: email }',
      { at: '2026-03-02 20:00', action: { kind: 'unsubscribed', channel: 'email' } },
    ],
    ['- update: { city: Riga }', { action: { kind: 'update', traits: { city: 'Riga' } } }],
    ['- start: cart\n  data: { total: 1 }', { action: { kind: 'start', journey: 'cart', data: { total: 1 } } }],
    [
      '- { event: a.b, dated: -10m, id: m1, as: bob }',
      { dated: -600_000, action: { kind: 'event', id: 'm1', as: { id: 'bob' } } },
    ],
  ])('%s', (line, expected) => {
    expect(oneCase(line)?.script[0]).toMatchObject(expected);
  });
});

describe('a case', () => {
  test('overrides the profile field by field', () => {
    expect(oneCase('- { after: 1d }')?.profile).toEqual({
      id: 'anna',
      phone: null,
      consent: ['email'],
      orders_count: 3,
    });
  });

  test('expects what is told, and leaves out what is not', () => {
    const told = oneCase(
      '- { after: 1d }',
      '{ messages: [{ channel: push, at: +2h30m }], skipped: [{ step: 1.1, reason: no_consent }], visited: [1, offer], profile: { plan: gold } }',
    );
    expect(told?.expect).toEqual({
      messages: [{ channel: 'push', at: 9_000_000 }],
      skipped: [{ step: '1.1', reason: 'no_consent' }],
      visited: ['1', 'offer'],
      profile: { plan: 'gold' },
    });
    expect(told?.settings).toBeNull();
    expect(told?.pick).toEqual({});
  });
});
