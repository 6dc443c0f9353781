// Contract chapter: addresses that are left in peace, listed page by page, and let go of by name.

import { expect } from '@jest/globals';
import { NOON } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

export function suppressionPromises(promise: Promises): void {
  promise('knows who is suppressed, and keeps the first reason', async ({ store }) => {
    await store.suppress('email:anna@example.com', 'bounced', NOON);
    await store.suppress('email:anna@example.com', 'operator', NOON + 1);
    const asked = ['email:anna@example.com', 'sms:+37120000000'];
    expect([...(await store.suppressed(asked))]).toEqual(['email:anna@example.com']);
    expect(await store.suppressions({ limit: 9 })).toEqual([
      { address: 'email:anna@example.com', reason: 'bounced', at: NOON },
    ]);
  });

  promise('lists them by address, of one channel or all, page by page and each once', async ({ store }) => {
    const emails = Array.from({ length: 7 }, (_, n) => `email:${n}@example.com`);
    for (const address of [...emails, 'sms:+37120000000', 'emailish:x', 'push:я']) {
      await store.suppress(address, 'bounced', NOON);
    }
    const seen: string[] = [];
    for (let after: string | undefined; ; after = seen.at(-1)) {
      const page = await store.suppressions({ channel: 'email', limit: 3, ...(after !== undefined && { after }) });
      seen.push(...page.map(({ address }) => address));
      if (page.length < 3) break;
    }
    expect(seen).toEqual(emails);
    const all = (await store.suppressions({ limit: 99 })).map(({ address }) => address);
    expect(all).toEqual([...emails, 'emailish:x', 'push:я', 'sms:+37120000000']);
  });

  promise('lets go of one by name, says what it was, and knows nothing more of it', async ({ store }) => {
    await store.suppress('sms:+37120000000', 'stop', NOON);
    expect(await store.lift('sms:+37120000000')).toEqual({ address: 'sms:+37120000000', reason: 'stop', at: NOON });
    expect(await store.lift('sms:+37120000000')).toBeNull();
    expect([...(await store.suppressed(['sms:+37120000000']))]).toEqual([]);
    expect(await store.suppressions({ limit: 9 })).toEqual([]);
    // It can be suppressed again, with a reason of its own.
    await store.suppress('sms:+37120000000', 'operator', NOON + 1);
    expect(await store.suppressions({ limit: 9 })).toMatchObject([{ reason: 'operator', at: NOON + 1 }]);
  });
}
