import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NAMES, of, PLACE, SCOPE } from '../../testing/expression-scope.ts';
import type { Condition, Trace } from '../condition.ts';
import type { Value } from '../values.ts';
import { Moment } from '../values.ts';
import { evaluate, parseCondition } from './index.ts';

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
