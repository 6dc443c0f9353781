// Wrong workspaces, kept as texts with the faults they must get: what an author sees, word by word.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ERRORS, formatFault } from '../errors.ts';
import { readCase } from '../fixtures/read-case.ts';
import { readWorkspace } from '../read-workspace.ts';

const FOLDER = new URL('../fixtures/wrong/', import.meta.url);
const CASES = readdirSync(FOLDER)
  .sort()
  .map((name) => ({ name, ...readCase(readFileSync(new URL(name, FOLDER), 'utf8')) }));

describe('a wrong workspace is told every fault, its place and its remedy', () => {
  test.each(CASES)('$name: $title', ({ files, expected }) => {
    const { faults } = readWorkspace(files, {}, { prefix: 'journeys/' });
    expect(faults.map(formatFault).join('\n')).toBe(expected);
  });

  test('there are sixty of them and more', () => {
    expect(CASES.length).toBeGreaterThan(60);
  });

  test('every fault is a row of the table of errors, an error where it says so', () => {
    const faults = CASES.flatMap(({ files }) => readWorkspace(files, {}).faults);
    for (const { code, severity } of faults) {
      expect(Object.keys(ERRORS)).toContain(code);
      expect(severity).toBe(code.startsWith('W_') ? 'warning' : 'error');
    }
  });

  test('every message ends its sentence, or with what should be written', () => {
    const odd = CASES.flatMap(({ files }) => readWorkspace(files, {}).faults).filter(
      ({ message }) => !/[.?]$|(?:Write|Put|For an event write) .*: \S/.test(message),
    );
    expect(odd).toEqual([]);
  });

  test('a journey with an error is left out, its neighbours are not', () => {
    const files = new Map([
      ['good/journey.yaml', 'journey: good\ntrigger: { event: cart.updated }\nsteps:\n  - wait: 1d\n'],
      ['bad/journey.yaml', 'journey: bad\ntrigger: { event: cart.updated }\nsteps:\n  - email: missing\n'],
    ]);
    expect(readWorkspace(files, {}).workspace.journeys.map(({ id }) => id)).toEqual(['good']);
  });
});
