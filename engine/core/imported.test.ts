// What a list of people teaches, beside what they said themselves.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TurnEvent } from './events.ts';
import { IMPORT, STARTING_IMPORT } from './events.ts';
import { laterWord, learn } from './learn.ts';
import { newPerson } from './person.ts';

interface Word {
  readonly granted: boolean;
  readonly at: number;
  readonly source: string;
}

const word: fc.Arbitrary<Word> = fc.record({
  granted: fc.boolean(),
  at: fc.integer({ min: 1, max: 4 }),
  source: fc.constantFrom('shop', IMPORT, STARTING_IMPORT),
});

const eventOf = ({ granted, at, source }: Word, n: number): TurnEvent => ({
  id: `e${n}`,
  source,
  name: granted ? 'consent.granted' : 'consent.withdrawn',
  at,
  received: 10,
  data: { channel: 'email' },
  who: [],
  links: [],
  hops: 0,
});

function taught(events: readonly TurnEvent[]) {
  const person = newPerson('p', 0);
  for (const event of events) learn(person, event);
  return person.consent.email;
}

test('P03 words of lists and of people end the same in any order, learnt one by one or by two who are united', () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 6 }).chain((words) => {
        const events = words.map(eventOf);
        return fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }), fc.nat(6));
      }),
      ([events, shuffled, cut]) => {
        const end = taught(events);
        expect(taught(shuffled)).toEqual(end);
        const halves = [taught(shuffled.slice(0, cut)), taught(shuffled.slice(cut))];
        const [a, b] = halves;
        expect(a !== undefined && b !== undefined ? laterWord(a, b) : (a ?? b)).toEqual(end);
      },
    ),
  );
});

test('a yes on a list stands only where nobody said anything: it overwrites no word, and gives way to every one', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const events = words.map(eventOf);
      const own = events.filter(({ source, name }) => source === 'shop' || name === 'consent.withdrawn');
      const end = taught(events);
      if (own.length > 0) expect(end).toEqual(taught(own));
      else expect(end).toMatchObject({ granted: true, weak: true });
    }),
  );
});
