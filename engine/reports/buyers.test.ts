import { describe, expect, test } from '@jest/globals';
import { DAY, SmallWorld, START } from '../testing/small-world.ts';
import { buyersOf } from './buyers.ts';

/** Anna ordered in January, February and March; Boris once in February; Clara cancelled; Dora paid in dollars. */
async function shop(): Promise<SmallWorld> {
  const world = new SmallWorld([], { settings: 'timezone: UTC\ncurrency: EUR' });
  const order = async (who: string, id: string, days: number, total: number, currency = 'EUR') => {
    await world.tell(who, 'order.placed', { order_id: id, total, currency }, { dated: -days * DAY });
  };
  await order('anna', 'a1', 50, 10);
  await order('anna', 'a2', 20, 20);
  await order('anna', 'a3', 1, 30.5);
  await order('boris', 'b1', 10, 5);
  await order('clara', 'c1', 5, 99);
  await world.tell('clara', 'order.cancelled', { order_id: 'c1' });
  await order('dora', 'd1', 5, 77, 'USD');
  await world.meet('nobody');
  await world.pass(DAY);
  return world;
}

describe('buyers', () => {
  test('stand in the grid by how lately and how often they ordered', async () => {
    const { store } = await shop();
    const { cells } = await buyersOf(store, { now: START, currency: 'EUR', timezone: 'UTC' });
    expect(cells).toEqual([
      { recency: 0, frequency: 0, people: 1, worth: 5_000 },
      { recency: 0, frequency: 2, people: 1, worth: 60_500 },
    ]);
    const later = await buyersOf(store, { now: START + 400 * DAY, currency: 'EUR', timezone: 'UTC' });
    expect(later.cells.map(({ recency }) => recency)).toEqual([4, 4]);
  });

  test('come back in the months after their first order', async () => {
    const { store } = await shop();
    const { cohorts } = await buyersOf(store, { now: START, currency: 'EUR', timezone: 'UTC' });
    expect(cohorts).toEqual([
      { month: '2026-01', people: 1, returned: [1, 1, 1] },
      { month: '2026-02', people: 1, returned: [1, 0] },
    ]);
  });

  test('of an order after now nothing is known yet', async () => {
    const { store } = await shop();
    expect(await buyersOf(store, { now: START - 60 * DAY, currency: 'EUR', timezone: 'UTC' })).toEqual({
      cells: [],
      cohorts: [],
    });
  });
});
