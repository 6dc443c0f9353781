// The table of errors, its page, and the codes that are used.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { errorsPage } from './errors/page.ts';
import { ERROR_SECTIONS, ERRORS, formatFault } from './errors.ts';

const ENGINE = new URL('../', import.meta.url);

describe('the table of errors', () => {
  test('is docs/errors.md', () => {
    expect(readFileSync(new URL('../docs/errors.md', ENGINE), 'utf8')).toBe(errorsPage(ERROR_SECTIONS));
  });

  test('has no code twice', () => {
    const codes = Object.values(ERROR_SECTIONS).flatMap((section) => Object.keys(section));
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(ERRORS).sort()).toEqual([...codes].sort());
  });

  test('tells with every code what is wrong and what to do', () => {
    for (const [code, { means, remedy, exit, http }] of Object.entries(ERRORS)) {
      expect(code).toMatch(/^[EW]_[A-Z][A-Z_]*$/);
      expect([means, remedy]).toEqual([expect.stringMatching(/[.…]$/), expect.stringMatching(/\.$/)]);
      expect([1, 2]).toContain(exit);
      expect(http).toBeGreaterThanOrEqual(200);
    }
  });

  test('has every code that the engine uses', () => {
    const files = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/\.(test|contract)\.ts$|^testing\//.test(file),
    );
    const used = files.flatMap((file) =>
      [...readFileSync(new URL(file, ENGINE), 'utf8').matchAll(/'([EW]_[A-Z][A-Z_]+)'/g)].map(([, code]) => code ?? ''),
    );
    expect([...new Set(used)].filter((code) => ERRORS[code] === undefined)).toEqual([]);
  });
});

test('a fault is printed with code, place and remedy on one line', () => {
  const place = { file: 'journeys/abandoned-cart/journey.yaml', line: 14, column: 9 };
  expect(formatFault({ code: 'E_UNKNOWN_STEP', place, message: 'no step "remnd". Did you mean "reminder"?' })).toBe(
    'E_UNKNOWN_STEP journeys/abandoned-cart/journey.yaml:14:9: no step "remnd". Did you mean "reminder"?',
  );
});
