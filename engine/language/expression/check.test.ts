import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../condition.ts';
import { parseCondition } from './index.ts';

const PLACE = { file: 'journey.yaml', line: 3, column: 9 };
const NAMES = ['profile', 'trigger', 'vars', 'now', 'event'];
const DAY = 86_400_000;

const read = (text: string, names: readonly string[] = NAMES) => parseCondition(text, PLACE, { names });

function faultsOf(text: string, names?: readonly string[]): string[] {
  const result = read(text, names);
  return 'faults' in result
    ? result.faults.map(({ code, place, message }) => `${code}:${place.column} ${message}`)
    : [];
}

function conditionOf(text: string): Condition {
  const result = read(text);
  if ('faults' in result) throw new Error(faultsOf(text).join('\n'));
  return result.condition;
}

function warningsOf(text: string): string[] {
  const result = read(text);
  return 'warnings' in result ? result.warnings.map(({ code, place }) => `${code}:${place.column}`) : faultsOf(text);
}

describe('what is wrong with a condition is told with its place and remedy', () => {
  test.each([
    ['profil.country', 'E_UNKNOWN_NAME:9 no name "profil". Did you mean "profile"?'],
    ['true && profil.country == "LV"', 'E_UNKNOWN_NAME:17 no name "profil". Did you mean "profile"?'],
    ['zzz', 'E_UNKNOWN_NAME:9 no name "zzz". Names are: profile, trigger, vars, now, event.'],
    ['true && cuont("a") > 1', 'E_UNKNOWN_FUNCTION:17 no function "cuont". Did you mean "count"?'],
    ['profile.tags.exist(t, t == "a")', 'E_UNKNOWN_FUNCTION:9 no function ".exist()". Did you mean "exists"?'],
    ['profile.total.number()', 'E_UNKNOWN_FUNCTION:9 no function ".number()". It is written number(x).'],
    // What every object of JavaScript inherits is no function of ours.
    ['constructor("x")', 'E_UNKNOWN_FUNCTION:9 no function "constructor".'],
    ['toString()', 'E_UNKNOWN_FUNCTION:9 no function "toString". Did you mean "string"?'],
    ['"x".toString()', 'E_UNKNOWN_FUNCTION:9 no function ".toString()".'],
    ['hasOwnProperty("x")', 'E_UNKNOWN_FUNCTION:9 no function "hasOwnProperty".'],
    ['profile.age >', 'E_EXPRESSION:22 cannot read this condition: unexpected token: EOF.'],
    ['"x', 'E_EXPRESSION:9 cannot read this condition: unterminated string.'],
    ['profile.limit limit', 'E_EXPRESSION:23 cannot read this condition: unexpected "l".'],
    ['if', 'E_EXPRESSION:9 cannot read this condition: reserved identifier: if.'],
    [
      'count(profile.name)',
      'E_EXPRESSION:9 the arguments of count() are texts in quotes: count("order.placed", "30d").',
    ],
    ['segment(1)', 'E_EXPRESSION:9 the arguments of segment() are texts in quotes: segment("vip").'],
    ['journey("a" + "b")', 'E_EXPRESSION:9 the arguments of journey() are texts in quotes: journey("welcome").'],
    [
      '1 < count("a", "soon")',
      'E_EXPRESSION:13 "soon" is not a duration. Write it like 30s, 15m, 2h, 3d, 1w or 1h30m.',
    ],
    ['count("a", "")', 'E_EXPRESSION:9 "" is not a duration. Write it like 30s, 15m, 2h, 3d, 1w or 1h30m.'],
    ['sum("a", "b", "c")', 'E_EXPRESSION:9 "c" is not a duration. Write it like 30s, 15m, 2h, 3d, 1w or 1h30m.'],
    ['duration("1.5h")', 'E_EXPRESSION:9 "1.5h" is not a duration. Write it like 30s, 15m, 2h, 3d, 1w or 1h30m.'],
    ['consent("fax")', 'E_EXPRESSION:9 consent() takes "email", "sms", "push", not "fax".'],
    ['start_of("hour")', 'E_EXPRESSION:9 start_of() takes "day", "week", "month", "year", not "hour".'],
    ['number(1, 2)', 'E_EXPRESSION:9 number() is written number(x).'],
    ['count()', 'E_EXPRESSION:9 count() is written count("order.placed", "30d").'],
    ['last("a", "3d")', 'E_EXPRESSION:9 last() is written last("order.placed").'],
    ['"a".contains()', 'E_EXPRESSION:9 .contains() is written text.contains("x").'],
    ['has(1)', 'E_EXPRESSION:9 has() is written has(profile.city).'],
    ['profile.a.all(x, true, false)', 'E_EXPRESSION:9 .all() is written list.all(x, condition).'],
    ['profile.a.filter(x)', 'E_EXPRESSION:9 .filter() is written list.filter(x, condition).'],
    ['b"abc"', 'E_EXPRESSION:9 this is neither a number nor a text; bytes (b"…") are not part of the language.'],
    ['9'.repeat(400), 'E_EXPRESSION:9 this is neither a number nor a text; bytes (b"…") are not part of the language.'],
    [
      '"a".matches("(?=a)")',
      'E_EXPRESSION:21 the pattern of .matches() cannot be used: "(?" begins something that cannot be used here.',
    ],
  ])('%.40s', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  test('all faults are told at once', () => {
    expect(faultsOf('profil.a == 1 && segmnt("x")').map((fault) => fault.split(' ')[0])).toEqual([
      'E_UNKNOWN_NAME:9',
      'E_UNKNOWN_FUNCTION:26',
    ]);
  });

  test('in a text of several lines the place is that of the text', () => {
    expect(faultsOf('true &&\n  profil.x')).toEqual(['E_UNKNOWN_NAME:9 no name "profil". Did you mean "profile"?']);
    expect(faultsOf('true &&\n  (')[0]).toMatch(/^E_EXPRESSION:9 /);
    expect(warningsOf('true &&\n  1 == "1"')).toEqual(['W_KIND:9']);
  });

  test('a name that exists elsewhere is told apart from one that exists nowhere', () => {
    expect(faultsOf('event.total > 1', ['profile', 'now'])).toEqual([
      'E_NAME_NOT_HERE:9 "event" is not known here. Only the `if` and `key` of a trigger, `exit`, `goal` and the `if` of a `wait_for` see the event.',
    ]);
    expect(faultsOf('vars.a', ['profile', 'now'])).toEqual([
      'E_NAME_NOT_HERE:9 "vars" is not known here. Here are: profile, now.',
    ]);
  });

  test.each([
    `${'1 + '.repeat(400)}1`,
    `${'('.repeat(90)}1${')'.repeat(90)}`,
    `profile${'.a'.repeat(200)}`,
    `[${'1,'.repeat(300)}1]`,
    `"${'x'.repeat(3_000)}" == "x"`,
  ])('P29 beyond its size it is refused: %.30s', (text) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(/^E_EXPRESSION_SIZE:9 .*Move parts of it into segments\.$/)]);
  });
});

describe('comparing kinds that never meet warns', () => {
  test.each([
    ['count("a") == "2"', 9],
    ['true && 1 != "1"', 17],
    ['size(profile.tags) == "2"', 9],
    ['number(profile.age) == "7"', 9],
    ['segment("vip") == "yes"', 9],
    ['message("m").opened == 1', 9],
    ['local(now).hour == "9"', 9],
    ['profile.name.contains("x") == "true"', 9],
    ['now > "2026-01-01"', 9],
    ['event.at < 5', 9],
    ['trigger.at == "2026-01-01"', 9],
    ['duration("1d") > 3', 9],
    ['(1 > 2) == 1', 10],
    ['[1] == {"a": 1}', 9],
    ['profile.items.exists(i, count("a") == "1")', 33],
  ])('%s', (text, column) => {
    expect(warningsOf(text)).toEqual([`W_KIND:${column}`]);
  });

  test.each([
    '1 == 1.5',
    'profile.age == "7"',
    'null == 1',
    'profile.missing != null',
    'time("2026-01-01") < now',
    'now - event.at > duration("1d")',
    'last("a") == 1',
    '[now].exists(now, now == 1)',
    'vars.list.exists(event, event.at == 5)',
  ])('and nothing is said of %s', (text) => {
    expect(warningsOf(text)).toEqual([]);
  });
});

describe('what a condition may ask for is known beforehand', () => {
  test('facts, segments, messages, journeys and paths, also inside macros', () => {
    const { needs, segments, messages, journeys, paths } = conditionOf(
      'profile.items.exists(i, count("a", "3d") > 1 && segment("vip") && i.price > vars.limit) || message("m").opened || journey("j").active',
    );
    expect({ needs, segments, messages, journeys, paths }).toEqual({
      needs: [{ event: 'a', window: 3 * DAY }],
      segments: ['vip'],
      messages: ['m'],
      journeys: ['j'],
      paths: ['profile.items', 'vars.limit'],
    });
  });

  test('each history, with and without a window, once', () => {
    expect(
      conditionOf('count("a") + sum("b", "total", "1d") + count("a") > size(events("c", "1h")) && last("a").x == 1')
        .needs,
    ).toEqual([
      { event: 'a', window: null },
      { event: 'b', window: DAY },
      { event: 'c', window: 3_600_000 },
    ]);
  });

  test('a variable of a macro is no path, not even when it is named like one; outside of the macro it is', () => {
    expect(conditionOf('vars.list.exists(profile, profile.age > 1)').paths).toEqual(['vars.list']);
    expect(conditionOf('vars.list.exists(profile, profile.age > 1) && profile.age > 1').paths).toEqual([
      'vars.list',
      'profile.age',
    ]);
    expect(conditionOf('profile["city"] == trigger.items[0].sku && has(vars.code)').paths).toEqual([
      'profile',
      'trigger.items',
      'vars.code',
    ]);
    expect(faultsOf('vars.list.exists(x, x > 1) && x > 1')).toHaveLength(1);
  });
});
