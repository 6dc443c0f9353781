// What a journey's text becomes: ids, references, waits, free data.

import { describe, expect, test } from '@jest/globals';
import type { Journey, Step } from './journey.ts';
import { messageReferences } from './message-references.ts';
import { readJourney } from './read-journey.ts';
import { everyStep, idsOf } from './walk.ts';

function journey(steps: string, head = 'trigger: { event: cart.updated }'): Journey {
  const { journey: read, faults } = readJourney(
    'cart/journey.yaml',
    `journey: cart\n${head}\nsteps:\n${steps.replaceAll(/^/gm, '  ')}\n`,
  );
  if (read === undefined) throw new Error(faults.map(({ message }) => message).join('\n'));
  return read;
}

function only<V extends Step['verb']>(verb: V, steps: string): Step & { verb: V } {
  const found = everyStep(journey(steps).steps).find((step) => step.verb === verb);
  return found as Step & { verb: V };
}

describe('ids', () => {
  test('are places where the author gives none', () => {
    const steps = `
- wait: 1d
- reach:
    - push: nudge
      for: 2h
    - parallel: [{ email: reminder }, { sms: last }]
      for: 1h
  else:
    - exit: silent
- if: trigger.total > 1
  do:
    - wait: 1h
    - if: trigger.total > 2
      do: [{ wait: 1h }]
      else: [{ wait: 2h }]
  else:
    - wait: 3h
- choose:
    - { if: trigger.total > 1, do: [{ wait: 1h }] }
    - { if: trigger.total > 2, do: [{ wait: 1h }] }
  else: [{ wait: 1h }]
- wait_for: [{ opened: nudge, do: [{ wait: 1h }] }, { event: order.placed, do: [{ exit: bought }] }]
  within: 2d
  else: [{ wait: 1h }]
- wait_for: { opened: nudge }
  within: 2d
  do: [{ wait: 1h }]
- repeat: { times: 2 }
  do: [{ wait: 1h }]`;
    expect(idsOf(journey(steps.trim()))).toEqual([
      ...['1', '2', '2.1', '2.1', '2.2', '2.2.1', '2.2.2', '2.else.1'],
      ...['3', '3.do.1', '3.do.2', '3.do.2.do.1', '3.do.2.else.1', '3.else.1'],
      ...['4', '4.1.do.1', '4.2.do.1', '4.else.1'],
      ...['5', '5.1.do.1', '5.2.do.1', '5.else.1', '6', '6.do.1', '7', '7.do.1'],
    ]);
  });

  test('of inner steps begin with the name of the step they stand in', () => {
    const read = journey(
      '- id: offer\n  if: trigger.total > 1\n  do: [{ wait: 1h }]\n- id: ladder\n  reach:\n    - push: nudge\n- id: half\n  split:\n    - { name: a, do: [{ wait: 1h }] }\n    - { name: b }',
    );
    expect(idsOf(read)).toEqual(['offer', 'offer.do.1', 'ladder', 'ladder.1', 'ladder.1', 'half', 'half.1.do.1']);
    expect(read.steps.map(({ named }) => named)).toEqual([true, true, true]);
  });

  test('keep their number when a step before cannot be read', () => {
    const { faults } = readJourney(
      'j',
      'journey: cart\ntrigger: { event: cart.updated }\nsteps:\n  - emial: a\n  - email: b\n  - wait_for: { opened: "2" }\n    within: 1d\n',
    );
    expect(faults.map(({ code }) => code)).toEqual(['E_UNKNOWN_VERB']);
  });
});

describe('messages', () => {
  const steps =
    '- email: reminder\n- id: again\n  email: other\n- wait_for: { opened: reminder }\n  within: 1d\n- if: message("again").opened || message("other").clicked || message("1").sent\n  do: [{ wait: 1h }]';

  test('are referred to by id, or by template where one send uses it', () => {
    expect(only('wait_for', steps).waits[0]).toMatchObject({ message: 'reminder', messageStep: '1' });
    expect(messageReferences(journey(steps))).toEqual(
      new Map([
        ['again', 'again'],
        ['other', 'again'],
        ['1', '1'],
      ]),
    );
  });

  test('of a rung that sends one are known by the rung', () => {
    expect(
      only('wait_for', '- reach:\n    - { id: first, push: nudge }\n- wait_for: { opened: first }\n  within: 1d')
        .waits[0],
    ).toMatchObject({ messageStep: 'first' });
  });
});

describe('waits', () => {
  test.each([
    ['2h', { kind: 'for', for: 7_200_000, jitter: 0 }],
    ['{ for: 1h30m, jitter: 30m }', { kind: 'for', for: 5_400_000, jitter: 1_800_000 }],
    ['{ days: 2, at: 10:00 }', { kind: 'clock', days: 2, weekday: null, at: { hour: 10, minute: 0 } }],
    ['{ at: mon 10:00 }', { kind: 'clock', days: null, weekday: 1, at: { hour: 10, minute: 0 } }],
    ['{ until: 2026-11-27 }', { kind: 'until', until: { text: '2026-11-27' }, days: null, at: null, past: 'continue' }],
    [
      '{ until: 2026-11-27 10:00, days: -3, past: exit }',
      { kind: 'until', until: { text: '2026-11-27 10:00' }, days: -3, past: 'exit' },
    ],
    [
      '{ until: trigger.starts_at, days: vars.days, at: 9:30 }',
      { kind: 'until', until: { text: 'trigger.starts_at' }, days: { text: 'vars.days' }, at: { hour: 9, minute: 30 } },
    ],
    ['{ until: =trigger.starts_at }', { kind: 'until', until: { text: 'trigger.starts_at' } }],
  ])('wait: %s', (text, expected) => {
    expect(only('wait', `- wait: ${text}`).wait).toMatchObject(expected);
  });

  test.each([
    ['10:00-20:00', [1, 2, 3, 4, 5, 6, 7]],
    ['mon-fri 10:00-20:00', [1, 2, 3, 4, 5]],
    ['sat,sun 10:00-20:00', [6, 7]],
    ['fri-mon 10:00-20:00', [1, 5, 6, 7]],
  ])('window: %s', (text, weekdays) => {
    expect(only('send', `- email: a\n  window: ${text}`).send.window).toEqual({
      weekdays,
      from: { hour: 10, minute: 0 },
      to: { hour: 20, minute: 0 },
    });
  });

  test('wait_for takes what it puts into vars inside or beside', () => {
    expect(only('wait_for', '- wait_for: { event: order.placed, as: order }\n  within: 1d').waits[0]).toMatchObject({
      as: 'order',
    });
    expect(only('wait_for', '- wait_for: { event: order.placed }\n  as: order\n  within: 1d').waits[0]).toMatchObject({
      as: 'order',
    });
  });
});

describe('free data', () => {
  test.each([
    ['7', 7],
    ['-7.5', -7.5],
    ['0', 0],
    ['007', '007'],
    ['1.10', '1.10'],
    ['-0', '-0'],
    ['1e5', '1e5'],
    ['+7916', '+7916'],
    ['0x1F', '0x1F'],
    ['9007199254740993', '9007199254740993'],
    ['true', true],
    ['True', 'True'],
    ['no', 'no'],
    ['null', null],
    ['~', '~'],
    ['"7"', '7'],
    ["'true'", 'true'],
    ['10:00', '10:00'],
    ['2026-11-27', '2026-11-27'],
    ['.inf', '.inf'],
  ])('%s is what it looks like', (text, value) => {
    expect(only('set', `- set: { a: ${text} }`).fields.a).toEqual({ kind: 'literal', value });
  });

  test('phone, email and id are always text', () => {
    expect(only('set', '- set: { phone: 123, id: 7, other: { email: true } }').fields).toEqual({
      phone: { kind: 'literal', value: '123' },
      id: { kind: 'literal', value: '7' },
      other: { kind: 'map', fields: { email: { kind: 'literal', value: 'true' } } },
    });
  });

  test('a text beginning with = is an expression with its own place', () => {
    const { vip } = only('set', '- set: { vip: =trigger.total > 100 }').fields;
    expect(vip).toMatchObject({
      kind: 'expression',
      condition: { text: 'trigger.total > 100', place: { line: 4, column: 18 } },
    });
  });
});

describe('the head', () => {
  test('has the defaults of the language', () => {
    expect(journey('- wait: 1d')).toMatchObject({
      title: 'cart',
      status: 'draft',
      category: 'marketing',
      priority: 50,
      reenter: { kind: 'after_exit' },
      holdout: 0,
      exits: [],
      goal: null,
      audience: null,
    });
    expect(journey('- wait: 1d').triggers[0]).toMatchObject({
      kind: 'event',
      idle: null,
      key: null,
      maxAge: 86_400_000,
    });
  });

  test('takes one trigger or a list, by event or by call', () => {
    const { triggers } = journey(
      '- wait: 1d',
      'trigger:\n  - { event: a.b, name: first, idle: 30m }\n  - api: true\nreenter: 7d\nholdout: 2.5%\nexit: { event: order.placed }',
    );
    expect(triggers).toMatchObject([
      { kind: 'event', name: 'first', idle: 1_800_000 },
      { kind: 'api', name: null },
    ]);
  });

  test('shares of a split are equal where none is told', () => {
    const { variants } = only(
      'split',
      '- id: s\n  split:\n    - { name: a }\n    - { name: b }\n    - { name: c }\n    - { name: d }',
    );
    expect(variants.map(({ weight }) => weight)).toEqual([25, 25, 25, 25]);
  });

  test('`if` beside a verb guards it, alone it branches', () => {
    expect(journey('- email: a\n  if: trigger.total > 1').steps[0]).toMatchObject({
      verb: 'send',
      guard: { text: 'trigger.total > 1' },
    });
    expect(journey('- if: trigger.total > 1\n  do: [{ wait: 1d }]').steps[0]).toMatchObject({
      verb: 'if',
      guard: null,
    });
  });
});

describe('one fault does not hide another', () => {
  test('inside a step that cannot be read its blocks are read all the same', () => {
    const { faults } = readJourney(
      'j',
      'journey: cart\ntrigger: { event: cart.updated }\nsteps:\n  - if: trigger. >\n    do:\n      - wait: 2 hours\n  - choose:\n      - do:\n          - emial: a\n',
    );
    expect(faults.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['E_EXPRESSION', 'E_VALUE', 'E_MISSING_KEY', 'E_UNKNOWN_VERB']),
    );
  });
});
