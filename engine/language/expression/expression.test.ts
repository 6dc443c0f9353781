import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Condition, Scope, Trace } from '../condition.ts';
import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';
import { evaluate, parseCondition } from './index.ts';

const PLACE = { file: 'journey.yaml', line: 3, column: 9 };
const NAMES = ['profile', 'trigger', 'vars', 'now', 'event'];
const NOW = Date.UTC(2026, 2, 2, 9);
const DAY = 86_400_000;

function parsed(text: string, names: readonly string[] = NAMES): Condition {
  const result = parseCondition(text, PLACE, { names });
  if ('faults' in result) throw new Error(result.faults.map((fault) => `${fault.code} ${fault.message}`).join('\n'));
  return result.condition;
}

const PROFILE: Value = {
  country: 'LV',
  age: 41,
  half: 0.5,
  yes: true,
  no: false,
  nothing: null,
  tags: ['a', 'b'],
  address: { city: 'Riga' },
  birthday: '1990-05-17',
  digits: '7',
  items: [
    { sku: 'x', price: 10 },
    { sku: 'y', price: 30 },
  ],
};

const SCOPE: Scope = {
  now: NOW,
  zone: 'Europe/Riga',
  name: (name) => (name === 'profile' ? PROFILE : name === 'event' ? { total: 1000, at: new Moment(NOW) } : null),
  segment: (name) => name === 'vip',
  consent: (channel) => channel === 'email',
  bucket: () => 42,
  events: (name, window) =>
    name === 'order.placed'
      ? [
          { id: 'b', at: NOW - DAY, data: { total: 30, order_id: 'o2' } },
          { id: 'a', at: NOW - 40 * DAY, data: { total: 12.5, order_id: 'o1' } },
        ].filter((event) => window === null || event.at >= NOW - window)
      : [],
  message: () => ({
    sent: true,
    delivered: true,
    opened: false,
    clicked: false,
    replied: false,
    failed: false,
    skipped: false,
    machine_opened: true,
  }),
  journey: (id) => ({ active: id === 'welcome', entered_at: id === 'welcome' ? NOW - DAY : null, outcome: null }),
};

const of = (text: string, trace?: Trace): Value => evaluate(parsed(text), SCOPE, trace);

// One row a rule of the language's section on conditions.
const ROWS: readonly (readonly [string, Value])[] = [
  ['1 + 1', 2],
  ['profile.age + 0.5', 41.5],
  ['1 + 0.5 == 1.5', true],
  ['7 / 2', 3.5],
  ['7 % 4', 3],
  ['2 * 3 - 1', 5],
  ['-profile.age', -41],
  ['1 / 0', null],
  ['0 / 0', null],
  ['1 == 1.0', true],
  ['profile.age == 41', true],
  ['profile.age >= 41 && profile.age <= 41', true],
  ['7u == 7', true],
  // What is missing is null.
  ['profile.missing', null],
  ['profile.missing.deeper.still', null],
  ['profile.address.city', 'Riga'],
  ['profile["address"]["city"]', 'Riga'],
  ['profile["missing"]', null],
  ['profile.tags[0]', 'a'],
  ['profile.tags[5]', null],
  ['profile.tags[-1]', null],
  ['profile.tags[0.5]', null],
  ['profile.country[0]', null],
  ['profile.country.city', null],
  ['trigger', null],
  ['trigger.total', null],
  ['profile.constructor', null],
  ['profile.toString', null],
  ['has(profile.country)', true],
  ['has(profile.missing)', false],
  // == and != always answer.
  ['null == null', true],
  ['profile.missing == null', true],
  ['profile.nothing == null', true],
  ['profile.country == null', false],
  ['profile.country != null', true],
  ['profile.digits == 7', false],
  ['profile.digits != 7', true],
  ['profile.missing == false', false],
  ['profile.no == null', false],
  ['profile.tags == ["a", "b"]', true],
  ['profile.tags == ["b", "a"]', false],
  ['profile.address == {"city": "Riga"}', true],
  ['profile.address == {"city": "Riga", "zip": null}', false],
  ['now == event.at', true],
  // Any other operator given null or a wrong kind is null.
  ['profile.missing > 3', null],
  ['profile.missing < 3', null],
  ['null + 1', null],
  ['1 + null', null],
  ['profile.country > 3', null],
  ['profile.digits + 1', null],
  ['true + 1', null],
  ['true > false', null],
  ['"b" > "a"', true],
  ['"a" + "b"', 'ab'],
  ['["a"] + ["b"]', ['a', 'b']],
  ['-profile.country', null],
  ['!profile.age', null],
  ['now > "2026-01-01"', null],
  ['1 in profile.country', null],
  ['"a" in profile.tags', true],
  ['"z" in profile.tags', false],
  ['null in profile.tags', false],
  ['"city" in profile.address', true],
  ['1 in profile.missing', null],
  // Null counts as false where truth is asked.
  ['!null', true],
  ['!profile.missing', true],
  ['!profile.yes', false],
  ['null || true', true],
  ['null && true', false],
  ['null || null', false],
  ['profile.missing > 3 || profile.age > 3', true],
  ['profile.missing > 3 && profile.age > 3', false],
  ['!(profile.missing > 3)', true],
  ['null ? "a" : "b"', 'b'],
  ['profile.yes ? "a" : "b"', 'a'],
  ['profile.age ? "a" : "b"', 'b'],
  ['profile.country && true', false],
  // Conversions fail to null.
  ['number("7")', 7],
  ['number(" 7.5 ")', 7.5],
  ['number("seven")', null],
  ['number("")', null],
  ['number("0x10")', null],
  ['number("1e400")', null],
  ['number(null)', null],
  ['number(profile.digits) == 7', true],
  ['number(true)', 1],
  ['int("7.9")', 7],
  ['string(7)', '7'],
  ['string(null)', null],
  ['string(now)', '2026-03-02T09:00:00.000Z'],
  ['time("2026-03-02T09:00:00Z") == now', true],
  ['time("2026-03-02 11:00") == now', true],
  ['time("2026-03-02") < now', true],
  ['time("yesterday")', null],
  ['time(5)', null],
  ['time(profile.birthday) < now', true],
  ['now - time("2026-03-01T09:00:00Z") == duration("1d")', true],
  ['now + duration("1h") > now', true],
  ['duration("1h") + duration("30m") == duration("1h30m")', true],
  ['duration("1h") < duration("1d")', true],
  ['now - 5', null],
  ['duration("1d") + 1', null],
  // The person's wall clock.
  ['local(now).hour', 11],
  ['local(now).minute', 0],
  ['local(now).weekday', 1],
  ['local(now).day', 2],
  ['local(now).month', 3],
  ['local(now).year', 2026],
  ['local(5)', null],
  ['start_of("day") == time("2026-03-02")', true],
  ['start_of("week") == time("2026-03-02")', true],
  ['start_of("month") == time("2026-03-01")', true],
  ['start_of("year") == time("2026-01-01")', true],
  // What is known of the person.
  ['segment("vip")', true],
  ['segment("other")', false],
  ['consent("email")', true],
  ['consent("sms")', false],
  ['bucket("test")', 42],
  ['count("order.placed")', 2],
  ['count("order.placed", "30d")', 1],
  ['count("never")', 0],
  ['sum("order.placed", "total")', 42.5],
  ['sum("order.placed", "total", "30d")', 30],
  ['sum("order.placed", "order_id")', 0],
  ['last("order.placed").order_id', 'o2'],
  ['last("order.placed").at < now', true],
  ['last("never")', null],
  ['last("never").total > 3', null],
  ['size(events("order.placed"))', 2],
  ['events("order.placed", "30d")[0].order_id', 'o2'],
  ['events("order.placed").exists(e, e.total > 29)', true],
  ['events("order.placed").map(e, e.total)', [30, 12.5]],
  ['message("reminder").sent', true],
  ['message("reminder").opened', false],
  ['message("reminder").machine_opened', true],
  ['journey("welcome").active', true],
  ['journey("other").entered_at', null],
  // Lists and texts.
  ['size(profile.tags)', 2],
  ['size("привет")', 6],
  ['size(profile.address)', 1],
  ['size(profile.missing)', null],
  ['size(profile.missing) > 0', null],
  ['profile.items.exists(i, i.price > 20)', true],
  ['profile.items.all(i, i.price > 20)', false],
  ['profile.items.exists_one(i, i.price > 20)', true],
  ['profile.items.filter(i, i.price > 20).size()', 1],
  ['profile.items.map(i, i.sku)', ['x', 'y']],
  ['profile.items.map(i, i.price > 20, i.sku)', ['y']],
  ['profile.missing.exists(i, i > 1)', null],
  ['profile.country.startsWith("L")', true],
  ['profile.country.endsWith("V")', true],
  ['profile.country.contains("x")', false],
  ['profile.missing.contains("x")', null],
  ['profile.age.contains("x")', null],
  ['profile.country.matches("^[A-Z]{2}$")', true],
  ['profile.country.lowerAscii()', 'lv'],
  ['"a,b".split(",")', ['a', 'b']],
  ['profile.tags.join("-")', 'a-b'],
  ['" x ".trim()', 'x'],
];

describe('conditions', () => {
  test.each(ROWS)('%s', (text, expected) => {
    expect(JSON.parse(JSON.stringify(of(text)))).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test('what was read is told, moments as texts, and kinds that never equal are remarked', () => {
    const trace: Trace = { values: {}, remarks: [] };
    of('profile.digits == 7 || count("order.placed", "30d") > 5 || now - event.at > duration("1d")', trace);
    expect(trace.values).toEqual({
      'profile.digits': '7',
      'count("order.placed", "30d")': 1,
      'event.at': '2026-03-02T09:00:00.000Z',
    });
    expect(trace.remarks).toEqual(['profile.digits ("7", text) and 7 (7, number) are different kinds and never equal']);
  });

  test('knows beforehand which facts it may ask for, also inside macros', () => {
    const condition = parsed(
      'profile.items.exists(i, count("a", "3d") > 1 && segment("vip") && i.price > vars.limit) || message("m").opened || journey("j").active',
    );
    expect(condition.needs).toEqual([{ event: 'a', window: 3 * DAY }]);
    expect(condition.segments).toEqual(['vip']);
    expect(condition.messages).toEqual(['m']);
    expect(condition.journeys).toEqual(['j']);
    expect(condition.paths).toEqual(['profile.items', 'vars.limit']);
  });
});

describe('what is wrong with a condition is told with its place and remedy', () => {
  test.each([
    ['profil.country', 'E_UNKNOWN_NAME', 9, 'Did you mean "profile"?'],
    ['true && cuont("a") > 1', 'E_UNKNOWN_FUNCTION', 17, 'Did you mean "count"?'],
    ['profile.age >', 'E_EXPRESSION', 22, ''],
    ['count(profile.name)', 'E_EXPRESSION', 9, 'texts in quotes'],
    ['count("a", "soon")', 'E_EXPRESSION', 9, 'not a duration'],
    ['consent("fax")', 'E_EXPRESSION', 9, '"email", "sms", "push"'],
    ['profile.tags.exist(t, t == "a")', 'E_UNKNOWN_FUNCTION', 9, 'Did you mean "exists"?'],
    ['number(1, 2)', 'E_EXPRESSION', 9, 'number(x)'],
  ])('%s', (text, code, column, says) => {
    const result = parseCondition(text, PLACE, { names: NAMES });
    const [fault] = 'faults' in result ? result.faults : [];
    expect(fault?.code).toBe(code);
    expect(fault?.message).toContain(says);
    if (code !== 'E_UNKNOWN_FUNCTION') expect(fault?.place.column).toBeGreaterThanOrEqual(Math.min(column, 9));
  });

  test('a name that exists elsewhere is told apart from one that exists nowhere', () => {
    const result = parseCondition('event.total > 1', PLACE, { names: ['profile'] });
    expect('faults' in result && result.faults[0]?.code).toBe('E_NAME_NOT_HERE');
  });

  test('comparing a number with a text warns', () => {
    const result = parseCondition('count("a") == "2"', PLACE, { names: NAMES });
    expect('warnings' in result && result.warnings[0]?.code).toBe('W_KIND');
  });
});

describe('P29 a condition cannot hang', () => {
  test('a condition beyond its size is refused', () => {
    for (const text of [
      `${'1 + '.repeat(600)}1`,
      `${'('.repeat(90)}1${')'.repeat(90)}`,
      `"${'x'.repeat(3_000)}" == "x"`,
    ]) {
      const result = parseCondition(text, PLACE, { names: NAMES });
      expect('faults' in result && result.faults[0]?.code).toBe('E_EXPRESSION_SIZE');
    }
  });

  test('loops within loops end with an error, quickly', () => {
    const heavy = parsed('vars.all(a, vars.all(b, vars.all(c, a + b + c >= 0)))');
    const list = Array.from({ length: 200 }, (_, n) => n);
    expect(() => evaluate(heavy, { ...SCOPE, name: () => list })).toThrow(/steps/);
  });

  test('a pattern that would backtrack for ever is not run', () => {
    const text = `${'a'.repeat(5_000)}!`;
    for (const pattern of ['(a+)+$', '(a|aa)+$', '(.*)*x', 'a*a*a*a*a*b', '(?=a)a', '(a)\\\\1']) {
      const condition = parsed(`vars.matches("${pattern}")`);
      expect(evaluate(condition, { ...SCOPE, name: () => text })).toBeNull();
    }
  });

  test('any expression over any data answers, and never undefined (property)', () => {
    const leaf = fc.constantFrom(
      'profile.country',
      'profile.age',
      'profile.missing',
      'profile.tags',
      'profile.items',
      'null',
      'true',
      '1',
      '2.5',
      '"x"',
      'now',
      'duration("1d")',
      'event.at',
      'count("order.placed")',
    );
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(
            fc.constantFrom('+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', '&&', '||', 'in'),
            tie('node'),
            tie('node'),
          )
          .map(([op, a, b]) => `(${a} ${op} ${b})`),
        tie('node').map((a) => `!(${a})`),
        fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
        tie('node').map((a) => `size(${a})`),
        tie('node').map((a) => `(${a}).exists(v, v == ${'profile.age'})`),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (text) => {
        const result = parseCondition(text, PLACE, { names: NAMES });
        if ('faults' in result) return;
        const value = evaluate(result.condition, SCOPE);
        expect(value).not.toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('any operator but == and != given null is null', () => {
    for (const op of ['+', '-', '*', '/', '%', '<', '<=', '>', '>=']) {
      for (const other of ['1', '"x"', 'now', 'null', 'profile.tags']) {
        expect(of(`null ${op} ${other}`)).toBeNull();
        expect(of(`${other} ${op} null`)).toBeNull();
      }
    }
    expect(of('duration("1d")')).toBeInstanceOf(Span);
  });
});
