// The contract of the wake-ups port. Hints may be lost with whatever carries them; what is promised here holds while
// everything runs.

import { describe, expect, test } from '@jest/globals';
import type { Wakeups } from '../ports/wakeups.ts';

/** Runs the contract against one adapter. `arrives`: how long a hint may be under way, in milliseconds. */
export function wakeupsContract(name: string, open: () => Promise<Wakeups>, { arrives }: { arrives: number }): void {
  const promise = (title: string, keep: (wakeups: Wakeups) => Promise<void>): void => {
    test(title, async () => {
      const wakeups = await open();
      try {
        await keep(wakeups);
      } finally {
        await wakeups.close();
      }
    });
  };
  /** Resolves when the count stands at `least`, or the time is over. */
  async function until(count: () => number, least: number): Promise<number> {
    const end = performance.now() + arrives;
    while (count() < least && performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
    return count();
  }
  const settle = (): Promise<number> => until(() => 0, 1);

  describe(`${name} keeps the contract of wake-ups`, () => {
    promise('calls back after a notification', async (wakeups) => {
      let looks = 0;
      wakeups.listen(() => (looks += 1));
      wakeups.notify();
      expect(await until(() => looks, 1)).toBe(1);
    });

    promise('says whether anybody urgent was among them', async (wakeups) => {
      const heard: boolean[] = [];
      wakeups.listen((urgent) => heard.push(urgent));
      wakeups.notify();
      wakeups.notify({ people: ['anna'], urgent: true });
      wakeups.notify({ people: ['bert'] });
      await until(() => heard.length, 1);
      await settle();
      expect(heard).toContain(true);
      const before = heard.length;
      wakeups.notify({ people: ['bert'] });
      expect(await until(() => heard.length, before + 1)).toBe(before + 1);
      expect(heard.at(-1)).toBe(false);
    });

    promise('makes few looks of a thousand notifications, and does not call back from within them', async (wakeups) => {
      let looks = 0;
      wakeups.listen(() => (looks += 1));
      for (let n = 0; n < 1_000; n += 1) wakeups.notify();
      expect(looks).toBe(0);
      await settle();
      expect(looks).toBeGreaterThanOrEqual(1);
      expect(looks).toBeLessThan(100);
    });

    promise('hears a notification that comes while somebody looks', async (wakeups) => {
      let looks = 0;
      wakeups.listen(() => {
        looks += 1;
        if (looks === 1) wakeups.notify();
      });
      wakeups.notify();
      expect(await until(() => looks, 2)).toBe(2);
    });

    promise('calls every listener, and none that has stopped', async (wakeups) => {
      const heard: string[] = [];
      const stop = wakeups.listen(() => heard.push('stopped'));
      wakeups.listen(() => heard.push('a'));
      wakeups.listen(() => heard.push('b'));
      stop();
      stop();
      wakeups.notify();
      await until(() => heard.length, 2);
      await settle();
      expect(heard.sort()).toEqual(['a', 'b']);
    });

    promise('is silent after it was closed', async (wakeups) => {
      let looks = 0;
      wakeups.listen(() => (looks += 1));
      wakeups.notify();
      await wakeups.close();
      wakeups.notify();
      const before = looks;
      await settle();
      expect(looks).toBe(before);
    });
  });
}
