import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTropa, type Tropa } from '../testing/server.ts';

const DEMO = fileURLToPath(new URL('../../journeys', import.meta.url));
/** 03:00 in Riga, in the middle of the quiet hours. */
const NIGHT = Date.UTC(2026, 2, 3, 1);

describe('the demonstration', () => {
  let tropa: Tropa;
  beforeAll(async () => {
    tropa = await startTropa({ workspace: DEMO, clock: NIGHT });
  });
  afterAll(() => tropa.close());

  /** Sends the printed curl's own body, as curl would. */
  async function curl(changes: Record<string, unknown> = {}): Promise<number> {
    const printed = /curl -u demo: (\S+) -H '([^']+)' -d '([^']+)'/.exec(tropa.output);
    expect(printed).not.toBeNull();
    const body = { ...JSON.parse(printed?.[3] ?? '{}'), ...changes };
    const response = await fetch(printed?.[1] ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from('demo:').toString('base64')}`,
      },
      body: JSON.stringify(body),
    });
    return response.status;
  }

  test('the printed curl makes its message at three in the night, five times in a row, and starts nothing else', async () => {
    for (let n = 0; n < 5; n += 1) expect(await curl()).toBe(200);
    await tropa.advance('20s');
    expect(await tropa.inbox()).toHaveLength(5);
    await tropa.advance('30d');
    const inbox = await tropa.inbox();
    expect(new Set(inbox.map((row) => row.journey))).toEqual(new Set(['abandoned-cart-demo']));
    expect(inbox.filter((row) => row.status === 'skipped')).toEqual([]);
  });

  test('it makes its message for somebody new and for somebody known in another zone', async () => {
    const before = (await tropa.inbox()).length;
    expect(
      await curl({ userId: 'boris', context: { timezone: 'Asia/Tokyo', traits: { email: 'boris@example.com' } } }),
    ).toBe(200);
    await tropa.advance('20s');
    expect(
      await curl({
        userId: 'boris',
        context: { traits: { email: 'boris@example.com', timezone: 'Pacific/Auckland' } },
      }),
    ).toBe(200);
    await tropa.advance('20s');
    expect((await tropa.inbox()).length - before).toBe(2);
  });

  test('a second engine on the same folder is refused with its remedy', async () => {
    const second = await tropa.cli('backup', `${tropa.data}/copy.db`);
    expect(second.status).toBe(0);
    await expect(startTropa({ workspace: DEMO, data: tropa.data })).rejects.toThrow(/E_STORE_LOCKED/);
  });
});
