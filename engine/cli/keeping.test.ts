import { expect, test } from '@jest/globals';
import { startTropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const CART = `journey: cart
status: live
category: transactional
trigger:
  event: cart.updated
steps:
  - email: reminder
`;

test('what is past RETENTION goes from a running server, and its figures stay', async () => {
  const tropa = await startTropa({
    workspace: { 'cart/journey.yaml': CART, 'cart/reminder.email.txt': 'subject: Cart\n---\nStill there.' },
    clock: NOON,
    env: { RETENTION: '30d' },
  });
  try {
    await tropa.identify('anna', { email: 'anna@example.com' });
    await tropa.track('anna', 'cart.updated');
    await tropa.drain();
    const [before] = await tropa.ask<unknown[]>('stats');
    await tropa.set(NOON + 100 * 86_400_000);
    expect(await tropa.ask('keep')).toMatchObject({ mails: 1, messages: 1, people: 0 });
    expect(await tropa.ask('stats')).toEqual([before]);
    expect(await tropa.ask('audit')).toMatchObject({ events: 0, messages: 0, journal: 0, people: 1, findings: [] });
    expect((await tropa.cli('explain', 'anna')).stdout).toContain('no longer kept');
    // And she goes on.
    await tropa.track('anna', 'cart.updated');
    await tropa.drain();
    expect(await tropa.inbox()).toMatchObject([{ profile: 'anna', template: 'reminder' }]);
    expect((await tropa.cli('audit')).stdout).toContain('Everything agrees.');
  } finally {
    await tropa.close();
  }
});
