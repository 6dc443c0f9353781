import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Condition, PastEvent, Scope, Trace } from '../condition.ts';
import { TropaError } from '../errors.ts';
import type { Value } from '../values.ts';
import { Moment } from '../values.ts';
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

/** As JSON makes them: `__proto__` is a field like any other. */
const VARS: Value = JSON.parse('{"own": {"__proto__": 1, "constructor": 2, "kept": 1}, "pattern": "(?=b)"}');

const past = (totals: readonly number[]): PastEvent[] =>
  totals.map((total, n) => ({ id: `${n}`, at: NOW - n, data: { total, n } }));
const HISTORIES: { readonly [name: string]: readonly PastEvent[] } = {
  'order.placed': [
    { id: 'b', at: NOW - DAY, data: { total: 30, order_id: 'o2' } },
    { id: 'a', at: NOW - 40 * DAY, data: { total: 12.5, order_id: 'o1' } },
  ],
  huge: past([1e308, 1e308]),
  cents: past(new Array(30).fill(0.1)),
  many: past(new Array(1_500).fill(1)),
};

const SCOPE: Scope = {
  now: NOW,
  zone: 'Europe/Riga',
  name: (name) => ({ profile: PROFILE, event: { total: 1000, at: new Moment(NOW) }, vars: VARS })[name] ?? null,
  segment: (name) => name === 'vip',
  consent: (channel) => channel === 'email',
  bucket: () => 42,
  events: (name, window) => (HISTORIES[name] ?? []).filter((event) => window === null || event.at >= NOW - window),
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
  // More of missing things and of wrong kinds.
  ['profile.prototype', null],
  ['profile["__proto__"]', null],
  ['vars.own["__proto__"]', null],
  ['vars.own.constructor', null],
  ['"__proto__" in vars.own', false],
  ['vars.own.kept', 1],
  ['"toString" in profile', false],
  ['{"a": 1}.a', 1],
  ['{"a": {"b": [1, 2]}}.a.b[1]', 2],
  ['{1: "a"}', {}],
  ['[1, 2][true]', null],
  ['{"a": 1}[0]', null],
  ['profile.missing[0]', null],
  ['profile.missing[0].deeper', null],
  ['profile.tags.a', null],
  ['now.ms', null],
  ['duration("1d").ms', null],
  ['1e308 * 10.0', null],
  ['5 % 0', null],
  ['-null', null],
  ['-duration("1d") < duration("1s")', true],
  ['"a" - "b"', null],
  ['"a" * 2', null],
  ['[1] - [1]', null],
  ['"a" + 1', null],
  ['[1] + 1', null],
  ['now + now', null],
  ['now * 2', null],
  ['duration("1d") * 2', null],
  ['duration("1d") - now', null],
  ['now < duration("1d")', null],
  ['now <= now', true],
  ['[1] < [2]', null],
  ['false < true', null],
  ['1 < 2 < 3', null],
  ['"10" < "9"', true],
  ['!"text"', null],
  ['!1', null],
  ['!!null', false],
  ['!now', null],
  // Whatever is not true does not hold, and short circuits stay.
  ['"yes" || true', true],
  ['true || "yes"', true],
  ['"yes" || "no"', false],
  ['1 && true', false],
  ['false && profile.missing.all(x, x)', false],
  ['true ? 1 : profile.missing', 1],
  ['"yes" ? 1 : 2', 2],
  ['profile.missing ? 1 : null', null],
  // Equality, through and through.
  ['[1, [2, {"a": 3}]] == [1, [2, {"a": 3}]]', true],
  ['[1, [2, {"a": 3}]] == [1, [2, {"a": "3"}]]', false],
  ['{"a": 1, "b": 2} == {"b": 2, "a": 1}', true],
  ['{"a": null} == {"b": null}', false],
  ['[] == {}', false],
  ['[null] == [null]', true],
  ['now == "2026-03-02T09:00:00Z"', false],
  ['duration("24h") == duration("1d")', true],
  ['duration("1d") != 1', true],
  ['profile.address != null', true],
  ['null != null', false],
  ['1 in [1.0]', true],
  ['[1] in [[1], [2]]', true],
  ['now in [event.at]', true],
  ['null in [null]', true],
  ['1 in profile.address', null],
  ['"a" in null', null],
  ['"a" in "abc"', null],
  // Conversions.
  ['number(now)', null],
  ['number([1])', null],
  ['number("1e3")', 1000],
  ['number("-.5")', -0.5],
  ['number("5.")', 5],
  ['number("1 000")', null],
  ['number("Infinity")', null],
  ['number("NaN")', null],
  ['double("2.5")', 2.5],
  ['double(3)', 3],
  ['int(7.9)', 7],
  ['int(-7.9)', -7],
  ['int("x")', null],
  ['string(2.5)', '2.5'],
  ['string(true)', 'true'],
  ['string(duration("90m"))', '1h30m'],
  ['string([1])', null],
  ['time(null)', null],
  ['time(now) == now', true],
  ['time("2026-03-29 03:30") == time("2026-03-29T01:30:00Z")', true],
  ['time("2026-03-02T12:00+03:00") == now', true],
  ['local(null)', null],
  ['local("2026-03-02")', null],
  ['local(time("2026-07-01T00:00:00Z")).hour', 3],
  ['local(now).second', 0],
  ['local(now).era', null],
  // A time that no calendar reaches is null.
  [`now${' + duration("999999w")'.repeat(16)}`, null],
  [`local(now${' + duration("999999w")'.repeat(14)}).year`, 270340],
  // What is known of the person.
  ['sum("huge", "total")', null],
  ['sum("cents", "total")', 3],
  ['sum("order.placed", "missing")', 0],
  ['sum("order.placed", "__proto__")', 0],
  ['size(events("many"))', 1000],
  ['count("many")', 1500],
  ['events("many")[0].n', 0],
  ['events("many")[999].n', 999],
  ['events("never")', []],
  ['events("order.placed")[0].at == last("order.placed").at', true],
  ['count("order.placed", "1s")', 0],
  ['journey("welcome").entered_at < now', true],
  ['journey("welcome").outcome', null],
  ['journey("welcome").nothing', null],
  ['message("reminder").nothing', null],
  // Macros.
  ['[].all(x, false)', true],
  ['[].exists(x, true)', false],
  ['[1, null, 3].filter(x, x > 0)', [1, 3]],
  ['[1, null].all(x, x > 0)', false],
  ['[1, 1].exists_one(x, x == 1)', false],
  ['[1, 2].map(x, x * 2)', [2, 4]],
  ['["a"].map(x, x * 2)', [null]],
  ['[[1], [2, 3]].map(x, x.map(y, y + size(x)))', [[2], [4, 5]]],
  ['[1, 2].map(profile, profile + 1)', [2, 3]],
  ['[1].map(x, [2].map(x, x))', [[2]]],
  ['[1].exists(now, now == 1)', true],
  ['{"a": 1, "b": 2}.filter(k, k == "b")', ['b']],
  ['{"a": 1}.exists(k, k == "a")', true],
  ['"abc".exists(x, true)', null],
  ['5.all(x, true)', null],
  ['null.map(x, x)', null],
  // Texts.
  ['"a-b-c".replace("-", "+")', 'a+b+c'],
  ['"abc".replace("", "+")', null],
  ['"abc".replace("a", null)', null],
  ['"abc".substring(1)', 'bc'],
  ['"abc".substring(1, 2)', 'b'],
  ['"abc".substring(0, 5)', null],
  ['"abc".substring(-1)', null],
  ['"abc".substring(2, 1)', null],
  ['"abc".substring(0.5)', null],
  ['"abc".substring(null)', null],
  ['"abc".substring(0, null)', null],
  ['"😀a".substring(1)', 'a'],
  ['"😀a".indexOf("a")', 1],
  ['"abc".indexOf("z")', -1],
  ['"abc".indexOf("")', 0],
  ['"Rīga".lowerAscii()', 'rīga'],
  ['"Rīga".upperAscii()', 'RīGA'],
  ['"😀a".split("")', ['😀', 'a']],
  ['["a", 1].join(",")', null],
  ['["a", "b"].join()', 'ab'],
  ['["a"].join(1)', null],
  ['"abc".size()', 3],
  ['profile.tags.size()', 2],
  ['"a".contains(null)', null],
  ['"a".startsWith(1)', null],
  ['profile.missing.trim()', null],
  ['5.trim()', null],
  ['"abc".matches("b")', true],
  ['"abc".matches(vars.pattern)', null],
  ['profile.missing.matches("b")', null],
  ['size(5)', null],
  ['size(now)', null],
  ['has(profile.address.city)', true],
  ['has(profile.nothing)', false],
  ['has(profile["country"])', true],
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
    expect(trace.remarks).toEqual(['profile.digits ("7", text) == 7 (number): different kinds are never equal']);
  });
});

describe('what was read is told', () => {
  const told = (text: string): Trace => {
    const trace: Trace = { values: {}, remarks: [] };
    of(text, trace);
    return trace;
  };

  test('paths as a whole, answers about the person, times and lengths as texts', () => {
    expect(
      told(
        'profile.address.city == "Riga" && message("m").sent && time(profile.birthday) < now && now - event.at < duration("1d") && number(profile.digits) == 7',
      ).values,
    ).toEqual({
      'profile.address.city': 'Riga',
      'message("m")': expect.objectContaining({ sent: true, opened: false }),
      'profile.birthday': '1990-05-17',
      'time(profile.birthday)': '1990-05-16T21:00:00.000Z',
      'event.at': '2026-03-02T09:00:00.000Z',
      'profile.digits': '7',
      'number(profile.digits)': 7,
    });
  });

  test('but not what a short circuit passed over, nor the variables of macros', () => {
    expect(told('profile.no && profile.yes').values).toEqual({ 'profile.no': false });
    expect(Object.keys(told('profile.items.exists(i, i.price > vars.limit)').values)).toEqual([
      'profile.items',
      'vars.limit',
    ]);
  });

  test('long lists and texts are cut, and all of it is JSON', () => {
    const { values } = told('events("many").exists(e, e.n < 0)');
    const [list] = Object.values(values);
    expect(list).toHaveLength(6);
    expect(JSON.parse(JSON.stringify(values))).toEqual(values);
  });

  test('a remark is made once, however often a macro makes it, and ten at most', () => {
    expect(told('events("many").exists(e, e.nothing == 1 || event.total == "x")').remarks).toEqual([
      'event.total (1000, number) == "x" (text): different kinds are never equal',
    ]);
    expect(told('events("many").exists(e, e.n == "x")').remarks).toHaveLength(10);
    expect(told('profile.missing == 1 || profile.age == 41.5').remarks).toEqual([]);
  });

  test('telling changes no answer', () => {
    for (const [text] of ROWS) expect(of(text, { values: {}, remarks: [] })).toEqual(of(text));
  });
});

describe('P29 a condition cannot hang', () => {
  const steps = (text: string, vars: Value): (() => Value) => {
    const condition = parsed(text);
    return () => evaluate(condition, { ...SCOPE, name: () => vars });
  };
  const numbers = Array.from({ length: 200 }, (_, n) => n);

  test.each<[string, Value]>([
    ['vars.all(a, vars.all(b, vars.all(c, a + b + c >= 0)))', numbers],
    ['vars.map(a, vars.map(b, vars + vars)).size() > 0', numbers],
    ['vars.l.exists(a, vars.l.exists(b, vars.t.contains("aab")))', { l: numbers, t: 'a'.repeat(90_000) }],
    ['vars.l.all(a, vars.l.all(b, vars.l == vars.m))', { l: numbers, m: [...numbers] }],
    ['vars.l.all(a, vars.l.all(b, vars.t.matches("(a|a)*(a|a)*$")))', { l: numbers, t: `${'a'.repeat(9_000)}b` }],
    ['vars.l.map(a, vars.t + vars.t + vars.t).join("").size()', { l: numbers, t: 'a'.repeat(30_000) }],
    ['vars.l.all(a, vars.l.all(b, vars.t.split("").size() > 0))', { l: numbers, t: 'a'.repeat(9_000) }],
  ])('%s ends, quickly and with its own error', (text, vars) => {
    const run = steps(text, vars);
    const begun = performance.now();
    expect(run).toThrow(TropaError);
    expect(run).toThrow(/more than 100000 steps/);
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  test('what an ordinary shop asks is far below the bound', () => {
    const viewed = 'events("many").exists(e, e.n == trigger.product_id && e.total > 3 && e.at < now - duration("1d"))';
    expect(of(viewed)).toBe(false);
    expect(of('events("many").all(e, count("many") > 1000 && sum("many", "total") > 1000 && e.n >= 0)')).toBe(true);
  });

  test('the same question about the person is asked once', () => {
    let asked = 0;
    const scope: Scope = {
      ...SCOPE,
      events: (name, window) => {
        asked += 1;
        return SCOPE.events(name, window);
      },
    };
    expect(evaluate(parsed('profile.items.all(i, count("order.placed", "30d") == 1)'), scope)).toBe(true);
    expect(asked).toBe(1);
  });

  test('texts and lists do not grow without end', () => {
    const long = 'x'.repeat(60_000);
    expect(steps('vars + vars', long)()).toBeNull();
    expect(steps('vars.replace("x", "xx")', long)()).toBeNull();
    expect(steps('[vars, vars].join()', long)()).toBeNull();
    expect(steps('vars.split("")', long)()).toBeNull();
    expect(steps('vars.map(x, x).size()', numbers)()).toBe(200);
  });

  test('data of any depth is compared', () => {
    const deep = (levels: number): Value => {
      let value: Value = 1;
      for (let n = 0; n < levels; n += 1) value = [value];
      return value;
    };
    expect(steps('vars.a == vars.b', { a: deep(50_000), b: deep(50_000) })()).toBe(true);
    expect(steps('vars.a == vars.b', { a: deep(50_000), b: deep(50_001) })()).toBe(false);
  });
});

describe('any expression over any data (property)', () => {
  const leaves = fc.constantFrom(
    ...['profile.a', 'profile.b.c', 'profile.d[0]', 'vars', 'vars.a', 'event.at', 'trigger.b', 'profile.missing'],
    ...['null', 'true', 'false', '1', '2.5', '-1', '""', '"x"', '"2026-03-02"', 'now', 'duration("1d")', '[]', '{}'],
    ...['count("order.placed")', 'last("order.placed")', 'last("never")', 'events("order.placed")', 'local(now)'],
    ...['message("m")', 'journey("j").entered_at', 'start_of("week")', 'sum("huge", "total")'],
  );
  const BINARY = ['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', '&&', '||', 'in'] as const;
  const { node: expressions } = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaves,
      fc.tuple(fc.constantFrom(...BINARY), tie('node'), tie('node')).map(([op, a, b]) => `(${a} ${op} ${b})`),
      fc.tuple(fc.constantFrom('!', '-'), tie('node')).map(([op, a]) => `${op}(${a})`),
      fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a})[${b}]`),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `[${a}, ${b}]`),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `{"k": ${a}, ${b}: 1}`),
      fc
        .tuple(fc.constantFrom('size', 'number', 'int', 'double', 'string', 'time', 'local'), tie('node'))
        .map(([name, a]) => `${name}(${a})`),
      fc
        .tuple(
          fc.constantFrom('contains', 'startsWith', 'matches', 'indexOf', 'split', 'substring', 'join'),
          tie('node'),
          tie('node'),
        )
        .map(([name, a, b]) => `(${a}).${name}(${b})`),
      fc
        .tuple(fc.constantFrom('trim', 'lowerAscii', 'upperAscii', 'size', 'join'), tie('node'))
        .map(([name, a]) => `(${a}).${name}()`),
      fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `(${a}).replace(${b}, ${c})`),
      fc
        .tuple(fc.constantFrom('all', 'exists', 'exists_one', 'filter', 'map'), tie('node'), tie('node'))
        .map(([name, a, b]) => `(${a}).${name}(v, [v, ${b}] == v || ${b})`),
    ),
  }));
  const data: fc.Arbitrary<Value> = fc
    .tuple(
      fc.dictionary(
        fc.constantFrom('a', 'b', 'c', 'd', 'k', '__proto__', 'constructor'),
        fc.jsonValue({ maxDepth: 3 }),
      ),
      fc.integer({ min: -8.64e15, max: 8.64e15 }),
    )
    .map(([fields, at]) => ({ ...(fields as { [key: string]: Value }), at: new Moment(at) }));

  function conditionOf(text: string): Condition | null {
    const result = parseCondition(text, PLACE, { names: NAMES });
    return 'condition' in result ? result.condition : null;
  }

  test('answers with a value, throws nothing, and tells JSON', () => {
    fc.assert(
      fc.property(expressions, data, (text, value) => {
        const condition = conditionOf(text);
        fc.pre(condition !== null);
        const trace: Trace = { values: {}, remarks: [] };
        const answer = evaluate(condition as Condition, { ...SCOPE, name: () => value }, trace);
        expect(answer === null || ['boolean', 'number', 'string', 'object'].includes(typeof answer)).toBe(true);
        if (typeof answer === 'number') expect(Number.isFinite(answer)).toBe(true);
        expect(JSON.parse(JSON.stringify(trace))).toEqual(JSON.parse(JSON.stringify(trace)));
        expect(Object.values(trace.values)).not.toContain(undefined);
      }),
      { numRuns: 4_000 },
    );
  });

  test('truth is asked as `&& || ! ?:` ask it: only true holds, and null is false', () => {
    fc.assert(
      fc.property(expressions, expressions, (a, b) => {
        fc.pre(a.length + b.length < 800 && conditionOf(a) !== null && conditionOf(b) !== null);
        const [x, y] = [of(a) === true, of(b) === true];
        expect(of(`(${a}) && (${b})`)).toBe(x && y);
        expect(of(`(${a}) || (${b})`)).toBe(x || y);
        expect(of(`(${a}) ? 1 : 2`)).toBe(x ? 1 : 2);
        const value = of(a);
        if (value === null || typeof value === 'boolean') expect(of(`!(${a})`)).toBe(!x);
        else expect(of(`!(${a})`)).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  test('`==` always answers, is its own mirror, and `!=` is its opposite', () => {
    fc.assert(
      fc.property(expressions, expressions, (a, b) => {
        fc.pre(a.length + b.length < 800 && conditionOf(a) !== null && conditionOf(b) !== null);
        const same = of(`(${a}) == (${b})`);
        expect(typeof same).toBe('boolean');
        expect(of(`(${b}) == (${a})`)).toBe(same);
        expect(of(`(${a}) != (${b})`)).toBe(!same);
        expect(of(`(${a}) == (${a})`)).toBe(true);
        if (of(a) === null || of(b) === null) expect(same).toBe(of(a) === null && of(b) === null);
      }),
      { numRuns: 1_000 },
    );
  });

  test('any other operator and any function given null is null', () => {
    const values = ['1', '"x"', 'now', 'duration("1d")', 'null', 'true', 'profile.tags', 'profile.address'];
    for (const op of ['+', '-', '*', '/', '%', '<', '<=', '>', '>=']) {
      for (const other of values) {
        expect(of(`null ${op} ${other}`)).toBeNull();
        expect(of(`${other} ${op} null`)).toBeNull();
      }
    }
    for (const other of values) expect(of(`${other} in null`)).toBeNull();
    for (const call of ['size', 'number', 'int', 'double', 'string', 'time', 'local'])
      expect(of(`${call}(null)`)).toBeNull();
    const methods = ['contains("x")', 'startsWith("x")', 'endsWith("x")', 'matches("x")', 'indexOf("x")', 'split("x")'];
    const rest = ['replace("x", "y")', 'substring(0)', 'lowerAscii()', 'upperAscii()', 'trim()', 'size()', 'join()'];
    const macros = ['all', 'exists', 'exists_one', 'filter', 'map'].map((name) => `${name}(x, true)`);
    for (const call of [...methods, ...rest, ...macros]) expect(of(`profile.missing.${call}`)).toBeNull();
    for (const call of methods) expect(of(`"x".${call.replace('"x"', 'null')}`)).toBeNull();
  });
});
