// Promises of the log.

import { expect, test } from '@jest/globals';
import { createLogger } from './logger.ts';

test('P30 of an error that quotes a customer the log has its kind and its place, and none of its words', () => {
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) });
  const error = new TypeError('cannot read canary@example.com', { cause: new Error('+79161234567') });
  logger.error({ err: error }, 'a round failed');
  logger.child({ part: 'keeping' }).warn({ err: error }, 'and again');
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).not.toMatch(/canary|7916/);
    expect(line).toContain('TypeError');
    expect(line).toContain('logger.test.ts');
  }
});
