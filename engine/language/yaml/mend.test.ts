// Texts that YAML misreads: found, corrected, and read as meant, with every place still the author's own.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { YamlNode } from './node.ts';
import { readYaml } from './read-yaml.ts';

function plain(node: YamlNode | null): unknown {
  if (node === null || node.kind === 'empty') return null;
  if (node.kind === 'text') return node.text;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

function read(text: string): { value: unknown; codes: string[]; corrected: string | undefined } {
  const { node, faults } = readYaml('file.yaml', text);
  const corrected = faults
    .map(({ message }) => /Write the line as: (.*)$/s.exec(message)?.[1])
    .find((line) => line !== undefined);
  return { value: plain(node), codes: faults.map(({ code }) => code), corrected };
}

describe('a text that YAML misreads', () => {
  const wrong: readonly (readonly [line: string, corrected: string])[] = [
    ['if: event.a == "x # y"', `if: 'event.a == "x # y"'`],
    ['if: x > 1 ? "a" : "b"', `if: 'x > 1 ? "a" : "b"'`],
    ['title: Hello: World', 'title: "Hello: World"'],
    ['if: !segment("x")', `if: '!segment("x")'`],
    ['if: "a" == event.b', `if: '"a" == event.b'`],
    [`if: 'a' == event.b`, `if: "'a' == event.b"`],
    ['if: [1, 2].exists(x, x > 1)', 'if: "[1, 2].exists(x, x > 1)"'],
    ['if: {a: 1}.a == 1', 'if: "{a: 1}.a == 1"'],
    ['key: *star', 'key: "*star"'],
    ['key: &amp', 'key: "&amp"'],
    ['key: %d items', 'key: "%d items"'],
    ['key: @home', 'key: "@home"'],
    ['key: `code`', 'key: "`code`"'],
    ['key: > 5', 'key: "> 5"'],
    ['key: | x', 'key: "| x"'],
    ['key: "abc', 'key: "abc"'],
    [`if: 'x == "y"`, `if: 'x == "y"'`],
    ['color: #3B5BDB', 'color: "#3B5BDB"'],
    ['a: { url: x, y }', 'a: { url: "x, y" }'],
    ['a: { if: f("x", "y") > 1, b: 2 }', `a: { if: 'f("x", "y") > 1', b: 2 }`],
    ['a: { key: event.items[0].sku }', 'a: { key: "event.items[0].sku" }'],
    ['a: { b: "x" + "y", c: d }', `a: { b: '"x" + "y"', c: d }`],
    ['a: { color: #fff }', 'a: { color: "#fff" }'],
    ['a: [f(b, c), d]', 'a: ["f(b, c)", d]'],
    ['subject: {{ name }}, hello', 'subject: "{{ name }}, hello"'],
    [`if: it's "x # y"`, `if: 'it''s "x # y"'`],
    ['- wait_for: opened: reminder', '- wait_for: { opened: reminder }'],
  ];

  test.each(wrong)('%s is corrected, and the correction is read without complaint as the same', (line, corrected) => {
    const found = read(`${line}\nnext: 1\n`.replace(/^- (.*)\nnext.*$/s, '- $1\n'));
    expect(found).toMatchObject({ codes: ['E_QUOTE'], corrected });
    const again = read(`${corrected}\nnext: 1\n`.replace(/^- (.*)\nnext.*$/s, '- $1\n'));
    expect(again.codes).toEqual([]);
    expect(again.value).toEqual(found.value);
  });

  const right = [
    'if: event.a == "x" # a comment',
    `note: don't # a comment`,
    'title: Order #5',
    'url: https://lumen.example/a?b=c&d',
    'at: 10:00',
    'a: { at: 10:00, url: https://a.b/c?d, text: it is }',
    'a: [mon, tue]',
    'if: trigger.total >= 10 && size(trigger.items) > 0',
    'text: |\n  a: b # c\n  {{ x }}',
    'text: >-\n  !a\n  [b',
    'a: "x: y # z"',
    "a: 'it''s: so'",
    'a: {\n  b: 1, # a comment: with [ brackets\n  c: [x,\n    y]\n}',
    'key: -5',
    'a: { b: -5, c: =trigger.total }',
    '# a comment: with everything [ { "',
    '"quoted key": value',
  ];
  test.each(right)('%j is left alone', (text) => {
    expect(read(`${text}\nnext: 1\n`).codes).toEqual([]);
    expect(read(`${text}\nnext: 1\n`).value).toMatchObject({ next: '1' });
  });

  test('is read as meant, whatever it is', () => {
    const texts = fc.stringMatching(/^[A-Za-z!&*%@"'[{|>#][ -~]{0,30}[A-Za-z0-9)\]}"']$/);
    fc.assert(
      fc.property(texts, (text) => {
        const { value, codes, corrected } = read(`key: ${text}\nnext: 1\n`);
        if (codes.length !== 1 || corrected === undefined) return;
        const again = read(`${corrected}\nnext: 1\n`);
        expect(again.codes).toEqual([]);
        expect(again.value).toEqual(value);
      }),
      { numRuns: 2_000 },
    );
  });

  test('shifts no place behind it', () => {
    const { node } = readYaml('file.yaml', 'a: { if: f("x", "y"), b: 1 }\nc: d\n');
    const map = node?.kind === 'map' ? node.entries : [];
    const inner = map[0]?.value.kind === 'map' ? map[0].value.entries : [];
    expect(inner.map(({ key, place, value }) => [key, place.column, value.place.column])).toEqual([
      ['if', 6, 10],
      ['b', 23, 26],
    ]);
    expect(map[1]?.place).toEqual({ file: 'file.yaml', line: 2, column: 1 });
  });
});

describe('P29 YAML bombs and __proto__ are refused with a clear error', () => {
  test('aliases are never expanded', () => {
    const lines = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghij'
        .split('')
        .map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[n]}`).join(', ')}]`),
    ];
    const { faults } = readYaml('file.yaml', lines.join('\n'));
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['E_ANCHOR']));
  });

  test.each([
    ['brackets', `a: ${'['.repeat(100_000)}`],
    ['braces', `a: ${'{a: '.repeat(100_000)}`],
    ['dashes', `${'- '.repeat(100_000)}a`],
    ['lines', Array.from({ length: 900 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
  ])('nesting by %s is bounded', (_what, text) => {
    const { faults } = readYaml('file.yaml', text);
    expect(faults.map(({ code }) => code)).toEqual(['E_TOO_DEEP']);
  });

  test('a huge file is refused unread', () => {
    expect(readYaml('file.yaml', 'a'.repeat(1_000_001)).faults.map(({ code }) => code)).toEqual(['E_TOO_LARGE']);
  });

  test.each(['__proto__', 'constructor', 'prototype', '"__proto__"'])(
    'the key %s is refused wherever it stands',
    (key) => {
      const { node, faults } = readYaml('file.yaml', `a:\n  - { ${key}: 1, b: 2 }\n`);
      expect(faults.map(({ code }) => code)).toEqual(['E_KEY_REFUSED']);
      expect(plain(node)).toEqual({ a: [{ b: '2' }] });
    },
  );

  test('no text whatever makes reading throw', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '\t',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      '#',
      ' #',
      '&a',
      '*a',
      '!',
      '|',
      '>',
      '---',
      '?',
      '%',
      '\\',
      'é',
      '\r\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(() => readYaml('file.yaml', parts.join(''))).not.toThrow();
      }),
      { numRuns: 3_000 },
    );
  });
});
