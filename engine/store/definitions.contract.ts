// Contract chapter: journeys are deployed by compare-and-set, all or nothing.

import { expect } from '@jest/globals';
import type { Deployment } from '../ports/store.ts';
import { change, enrollment, loadOne, NOON, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

type Part = Deployment['journeys'][number];

function part(id: string, hash: string | null, expect: string | null = null, templates = {}): Part {
  const version = {
    hash: hash ?? '',
    journey: id,
    yaml: `journey: ${id}`,
    parent: expect,
    deployedAt: NOON,
    author: null,
  };
  return { id, version: hash === null ? null : version, expect, templates };
}

export function definitionPromises(promise: Promises): void {
  promise('starts with an empty workspace', async ({ store }) => {
    expect(await store.workspace()).toEqual({ revision: 0, settings: '', journeys: [] });
    expect(await store.version('h1')).toBeNull();
  });

  promise('numbers versions within their journey and keeps all of them', async ({ store }) => {
    await store.deploy({
      settings: 'locale: ru',
      journeys: [part('cart', 'h1', null, { 'a.email.mjml': '<mjml>' }), part('welcome', 'w1')],
    });
    await store.deploy({ journeys: [part('cart', 'h2', 'h1', { 'a.email.mjml': 'new' })] });
    expect((await store.versions('cart')).map(({ hash, number }) => [hash, number])).toEqual([
      ['h1', 1],
      ['h2', 2],
    ]);
    expect(await store.version('w1')).toEqual({
      hash: 'w1',
      journey: 'welcome',
      number: 1,
      yaml: 'journey: welcome',
      parent: null,
      deployedAt: NOON,
      author: null,
    });
    const workspace = await store.workspace();
    expect(workspace).toMatchObject({
      revision: 2,
      settings: 'locale: ru',
      journeys: [
        { id: 'cart', current: 'h2', paused: false, archived: false, templates: { 'a.email.mjml': 'new' } },
        { id: 'welcome', current: 'w1' },
      ],
    });
  });

  promise('keeps which releases understand a version, and what it listens to', async ({ store }) => {
    const { version, ...rest } = part('cart', 'h1');
    const newer = { ...version!, format: 2, hears: ['cart.updated', "it's"] };
    await store.deploy({ journeys: [{ ...rest, version: newer }, part('welcome', 'w1')] });
    expect(await store.version('h1')).toMatchObject({ format: 2, hears: ['cart.updated', "it's"] });
    expect((await store.versions('cart'))[0]).toMatchObject({ format: 2 });
    expect((await store.version('w1'))?.format).toBeUndefined();
  });

  promise('refuses a stale parent and changes nothing at all', async ({ store }) => {
    await store.deploy({ journeys: [part('cart', 'h1'), part('welcome', 'w1')] });
    const before = await store.workspace();
    const late = { settings: 'x', journeys: [part('welcome', 'w2', 'w1'), part('cart', 'h3', 'h0')] };
    expect(await store.deploy(late)).toEqual({ stale: ['cart'] });
    expect(await store.workspace()).toEqual(before);
    expect(await store.version('w2')).toBeNull();
  });

  promise('lets one of ten authors with the same parent win', async ({ store }) => {
    await store.deploy({ journeys: [part('cart', 'h0')] });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => store.deploy({ journeys: [part('cart', `n${n}`, 'h0')] })),
    );
    expect(answers.filter(({ stale }) => stale.length === 0)).toHaveLength(1);
    expect(await store.versions('cart')).toHaveLength(2);
  });

  promise(
    'changes templates without a version, and goes back to an old version without a new number',
    async ({ store }) => {
      await store.deploy({ journeys: [part('cart', 'h1')] });
      await store.deploy({ journeys: [part('cart', 'h2')] });
      expect(await store.deploy({ journeys: [part('cart', null, null, { t: 'mended' })] })).toEqual({ stale: [] });
      expect((await store.workspace()).journeys).toMatchObject([{ current: 'h2', templates: { t: 'mended' } }]);
      await store.deploy({ journeys: [part('cart', 'h1', 'h2')] });
      expect((await store.workspace()).journeys).toMatchObject([{ current: 'h1' }]);
      expect(await store.versions('cart')).toHaveLength(2);
      expect(await store.deploy({ journeys: [part('unheard-of', null)] })).toEqual({ stale: ['unheard-of'] });
    },
  );

  promise('pauses, resumes and archives; a resume makes everybody inside due', async ({ store }) => {
    await store.deploy({ journeys: [part('cart', 'h1')] });
    const inside = await personNamed(store, 'inside');
    const outside = await personNamed(store, 'outside');
    await store.commit(
      [change(await loadOne(store, inside), { enrollments: [enrollment('cart')] }, { wakeAt: NOON + 99 })],
      null,
    );
    await store.commit([change(await loadOne(store, outside), { enrollments: [enrollment('welcome')] })], null);
    const { revision } = await store.workspace();
    await store.setJourney('cart', { paused: true }, NOON + 1);
    expect(await store.nextWake()).toBe(NOON + 99);
    expect((await store.workspace()).journeys).toMatchObject([{ paused: true, archived: false }]);
    await store.setJourney('cart', { paused: false, archived: true }, NOON + 2);
    expect((await store.workspace()).journeys).toMatchObject([{ paused: false, archived: true }]);
    expect((await store.workspace()).revision).toBeGreaterThan(revision + 1);
    const claim = await store.claim({ lane: null, now: NOON + 2, limit: 10, tick: 0, leaseMs: 1 });
    expect(claim.people).toEqual([inside]);
    await store.deploy({ journeys: [part('cart', 'h2')] });
    expect((await store.workspace()).journeys).toMatchObject([{ current: 'h2', archived: true }]);
  });
}
