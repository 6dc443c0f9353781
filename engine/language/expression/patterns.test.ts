import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matches, patternFault } from './patterns.ts';

const free = () => {};
const finds = (text: string, pattern: string) => matches(text, pattern, free);

describe('patterns', () => {
  test.each<[string, string, boolean]>([
    ['^[A-Z]{2}$', 'LV', true],
    ['^[A-Z]{2}$', 'LVA', false],
    ['b', 'abc', true],
    ['', '', true],
    ['^$', '', true],
    ['^$', 'a', false],
    ['^a|b$', 'xb', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['(?i)RIGA', 'in riga', true],
    ['(?i)[^a]', 'A', false],
    ['(?i)привет', 'ПРИВЕТ', true],
    ['^\\+?[0-9]+(-[0-9]+)*$', '+371-29-123', true],
    ['^\\+?[0-9]+(-[0-9]+)*$', '371--29', false],
    ['\\bcat\\b', 'a cat.', true],
    ['\\bcat\\b', 'concat', false],
    ['\\Bcat', 'concat', true],
    ['^\\d{2,3}$', '1', false],
    ['^\\d{2,3}$', '123', true],
    ['^\\d{2,3}$', '1234', false],
    ['^a{0}b$', 'b', true],
    ['^(?:ab)+$', 'ababab', true],
    ['^(?P<year>\\d+)$', '2026', true],
    ['^[\\w.-]+@[\\w-]+\\.[a-z]+$', 'anna.b@example.com', true],
    ['^[]a]+$', ']a', true],
    ['^[a-]+$', '-a', true],
    ['^\\p{L}+$', 'Rīga', true],
    ['^\\p{Cyrillic}+$', 'Рига', true],
    ['^\\p{Cyrillic}+$', 'Riga', false],
    ['^\\PL$', '1', true],
    ['^.$', '😀', true],
    ['^\\x41\\x{1F600}$', 'A😀', true],
    ['^(a*)*$', 'aaa', true],
    ['^(a|b|)+c$', 'abac', true],
    ['^a+?b$', 'aab', true],
  ])('%s in %s', (pattern, text, found) => {
    expect(patternFault(pattern)).toBeNull();
    expect(finds(text, pattern)).toBe(found);
  });

  test.each([
    ['(?=a)a', '"(?" begins something that cannot be used here'],
    ['(?<!a)a', '"(?" begins something that cannot be used here'],
    ['(a)\\1', '"\\1" means nothing here'],
    ['a)', 'a ")" has no "("'],
    ['(a', 'a ")" is missing'],
    ['[a', 'it ends too early'],
    ['[', 'it ends too early'],
    ['a\\', 'it ends too early'],
    ['*a', '"*" has nothing to repeat'],
    ['a**', 'a repeat is repeated; put the inner one in parentheses'],
    ['a{3,2}', '"{3,2}" is not a number of times'],
    ['[z-a]', '"z-a" is the wrong way round'],
    ['[[:alpha:]]', '"[:" cannot be used here; write \\d, \\w, \\s or \\p{L}'],
    ['\\p{Nothing}', '"\\p" needs a class of characters, such as \\p{L}'],
    ['\\x{110000}', '"\\x" needs the number of a character'],
    ['((a{100}){100}){100}', 'it is too large'],
    ['((((){1000}){1000}){1000}){1000}', 'it is too large'],
    ['a'.repeat(501), 'it is longer than 500 characters'],
  ])('refuses %.40s and says why', (pattern, why) => {
    expect(patternFault(pattern)).toBe(why);
    expect(finds('a', pattern)).toBeNull();
  });

  test('finds what the engine of JavaScript finds, where that one comes to an end (property)', () => {
    const leaf = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '^', '$', '\\w', '\\b', '\\B', '');
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.tuple(tie('node'), tie('node')).map(([x, y]) => `${x}${y}`),
        fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(?:${x}|${y})`),
        fc
          .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
          .map(([x, times]) => `(?:${x})${times}`),
      ),
    }));
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 7 });
    fc.assert(
      fc.property(node, texts, (pattern, text) => {
        fc.pre(patternFault(pattern) === null);
        expect(finds(text, pattern)).toBe(new RegExp(pattern).test(text));
      }),
      { numRuns: 3_000 },
    );
  });

  test('any text is a pattern or refused, and never throws (property)', () => {
    const parts = fc.constantFrom(...'()[]{}|*+?^$.\\-,:<>=!dDwpPxiab019é😀');
    fc.assert(
      fc.property(fc.string({ unit: parts, maxLength: 30 }), (pattern) => {
        expect(typeof finds('ab01', pattern)).toBe(patternFault(pattern) === null ? 'boolean' : 'object');
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('P29 no pattern can hang', () => {
  const text = `${'a'.repeat(9_998)}!`;

  // JavaScript's own engine takes seconds for the shortest of them on three hundred characters.
  test.each([
    'a*a*a*b',
    '(a+)+$',
    '(a|aa)+$',
    '(.*)*x',
    'a*a*a*a*a*b',
    `${'a?'.repeat(40)}${'a'.repeat(40)}$`,
    `${'(a|a)'.repeat(60)}$`,
    '(a{0,30}){0,30}b',
    '.*.*.*.*.*.*.*.*x',
  ])('%.40s', (pattern) => {
    let steps = 0;
    const found = matches(text, pattern, (more) => {
      steps += more;
    });
    expect(found).not.toBe(true);
    // Half a second of work at the very most; within a condition it is refused before that.
    expect(steps).toBeLessThanOrEqual(200_000);
  });

  test('its work is counted before it begins, and a text that is too long is not looked through', () => {
    const refuse = () => {
      throw new Error('too much');
    };
    expect(() => matches('aaa', 'a', refuse)).toThrow('too much');
    expect(finds('a'.repeat(10_001), 'a')).toBeNull();
  });
});
