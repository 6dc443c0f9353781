import { describe, expect, test } from '@jest/globals';
import { curlIn } from '../runtime/demonstration.ts';
import { table, visible } from './print.ts';

describe('what is printed', () => {
  test('never hands a terminal escapes that a customer typed (I9)', () => {
    expect(visible('\u001b]0;owned\u0007 Anna\u009b31m')).toBe('\\x1b]0;owned\\x07 Anna\\x9b31m');
    expect(visible('Ünïcode, 日本\nnext line')).toBe('Ünïcode, 日本\nnext line');
  });

  test('leaves out columns that are empty everywhere, and keeps a row a line', () => {
    const rows = [
      { id: 'a', reason: null, skipped: {} },
      { id: 'b\nc', reason: null, skipped: { quiet: 2, capped: 1 } },
    ];
    expect(table(rows, ['id', 'reason', 'skipped'])).toBe(
      'id   skipped\n---  -----------------\na\nb c  quiet 2, capped 1',
    );
  });
});

describe('the curl to try', () => {
  test('is the one in the comment at the head of a journey, over several lines too', () => {
    const yaml =
      '# Try it:\n#\n# curl -u demo: http://x -d \'{"a":1,\n#   "b":2}\'\n#\n# More words.\njourney: x\n# curl not-this\n';
    expect(curlIn(yaml)).toBe('curl -u demo: http://x -d \'{"a":1,\n  "b":2}\'');
  });

  test('is absent where the head tells none', () => {
    expect(curlIn('# words\njourney: x\n# curl later\n')).toBeNull();
    expect(curlIn('')).toBeNull();
    expect(curlIn('# curl alone')).toBe('curl alone');
  });
});
