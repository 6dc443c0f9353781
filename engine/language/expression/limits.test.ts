import { describe, expect, test } from '@jest/globals';
import { of, parsed, SCOPE } from '../../testing/expression-scope.ts';
import type { Scope } from '../condition.ts';
import { TropaError } from '../errors.ts';
import type { Value } from '../values.ts';
import { evaluate } from './index.ts';

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
