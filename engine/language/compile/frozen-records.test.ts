import { describe, expect, test } from '@jest/globals';
import type { Facts } from '../../core/facts.ts';
import { fold } from '../../core/turn.ts';
import { frozenRecords } from '../../testing/frozen-records.ts';
import { workshopOf } from '../../testing/small-world.ts';

/** Nothing ever happened, and nobody is suppressed. */
const QUIET: Facts = {
  history: new Map(['paid', 'go', 'stop'].map((name) => [name, { since: null, events: [] }])),
  suppressed: new Map([
    ['email:anna@example.com', false],
    ['sms:+12025551234', false],
    ['push:https://push.example/anna', false],
  ]),
};

describe('a stored record restores in every later version', () => {
  const records = frozenRecords();

  test('there is one for every kind of step that can be stood in', () => {
    const places = records.map((record) => record.at.replace(/^[^:]*/, ''));
    expect(new Set(places)).toEqual(new Set(['', ':waiting', ':leaving', ':every']));
    expect(records.length).toBeGreaterThanOrEqual(8);
  });

  test.each(records.map((record) => [`${record.release} ${record.at} → ${record.next}`, record] as const))(
    '%s',
    (_title, record) => {
      const result = fold(
        record.person,
        { events: [], absorb: [], more: false },
        QUIET,
        workshopOf([record.journey]),
        record.due,
      );
      if (!('person' in result)) throw new Error(JSON.stringify(result));
      const [enrollment] = result.person.enrollments;
      const stands =
        enrollment === undefined
          ? result.person.past.frozen?.outcome
          : [enrollment.step, enrollment.phase].filter((part) => part !== null).join(':');
      expect(stands).toBe(record.next);
      expect(enrollment?.fault).toBeUndefined();
    },
  );
});
