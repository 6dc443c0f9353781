import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BURST, clicksDue, holdClick, judgeClicks } from './clicks.ts';
import type { Definitions } from './definitions.ts';
import type { TurnEvent } from './events.ts';
import { FactsInHand, NO_FACTS } from './facts.ts';
import { newPerson } from './person.ts';
import { Work } from './work.ts';

const NOON = 1_772_452_800_000;
const HOUR = 3_600_000;
const none = {} as Definitions;

interface Click {
  readonly at: number;
  readonly url?: string;
  readonly message?: string;
}

/** What is told once all is judged: the kind and link of each, in order of their times. */
function judged(clicks: readonly Click[], looks: readonly number[] = []): string[] {
  const work = new Work(newPerson('p', NOON), new FactsInHand(NO_FACTS), none, NOON + HOUR);
  const queue = clicks.map(({ at, url = 'a', message = 'm1' }, n) => ({ at: NOON + at, url, message, id: `c${n}` }));
  for (const { at, url, message, id } of queue) {
    const event = { id, name: 'tropa.click', at, received: at, who: [], data: { message, url }, hops: 0, links: [] };
    holdClick(work, event as unknown as TurnEvent);
    for (const look of looks) judgeClicks(work, at + look);
  }
  judgeClicks(work, NOON + HOUR);
  expect(work.person.clicks).toBeUndefined();
  return work.person.intents.map((intent) =>
    intent.kind === 'emit'
      ? `${intent.event.name.slice('message.'.length)} ${String(intent.event.data.value)} +${intent.event.at - NOON}`
      : intent.kind,
  );
}

describe('P18 a click counts once it is no burst', () => {
  test('one link is a human’s, at its own time', () => {
    expect(judged([{ at: 0 }])).toEqual(['clicked a +0']);
  });
  test('so is the same link twice, and another one later', () => {
    expect(judged([{ at: 0 }, { at: 900 }, { at: 3_000, url: 'b' }])).toEqual([
      'clicked a +0',
      'clicked a +900',
      'clicked b +3000',
    ]);
  });
  test('several links at once are a machine’s, the first of them too', () => {
    expect(judged([{ at: 0 }, { at: 300, url: 'b' }, { at: 700, url: 'c' }])).toEqual([
      'machine_opened a +0',
      'machine_opened b +300',
      'machine_opened c +700',
    ]);
  });
  test('links of different messages are different matters', () => {
    expect(judged([{ at: 0 }, { at: 100, url: 'b', message: 'm2' }])).toEqual(['clicked a +0', 'clicked b +100']);
  });
  test('nothing is judged before it is known', () => {
    expect(judged([{ at: 0 }, { at: 1_900, url: 'b' }], [0, 1_000, BURST - 1])).toEqual([
      'machine_opened a +0',
      'machine_opened b +1900',
    ]);
  });
  test('it is judged by itself, two seconds later', () => {
    const click = { id: 'c', message: 'm', url: 'a', at: NOON, about: {} };
    expect(clicksDue({ clicks: [click, { ...click, id: 'd', at: NOON + 500 }] })).toBe(NOON + 500 + BURST);
    expect(clicksDue({})).toBeNull();
  });
  test('a flood does not make the record grow', () => {
    const flood = Array.from({ length: 500 }, (_, n) => ({ at: n, url: `u${n}` }));
    expect(judged(flood).every((line) => line.startsWith('machine_opened'))).toBe(true);
  });
  test('a link that is alone within two seconds of anything is never a machine’s, any other is (any clicks)', () => {
    const some = fc.array(fc.record({ at: fc.integer({ min: 0, max: 30_000 }), url: fc.constantFrom('a', 'b', 'c') }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(some, (clicks) => {
        const ordered = [...clicks].sort((x, y) => x.at - y.at);
        const told = judged(ordered);
        for (const { at, url } of ordered) {
          const near = ordered.filter((other) => Math.abs(other.at - at) <= BURST);
          if (near.length === 1) expect(told).toContain(`clicked ${url} +${at}`);
          if (near.some((other) => other.url !== url)) expect(told).toContain(`machine_opened ${url} +${at}`);
        }
      }),
    );
  });
});
