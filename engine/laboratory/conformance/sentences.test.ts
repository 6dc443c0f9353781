// The table of what docs/language.md says and what holds it: a sentence has an entry here, or a reason in sentences.yaml
// why it needs none. A sentence in neither, and a row about a sentence that is gone, fail.

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { conformanceEntries } from '../../testing/conformance.ts';
import { clauses, pageText, plain } from '../../testing/sentences.ts';

const held = [...new Set(conformanceEntries().flatMap((entry) => entry.sentences))].map(plain);
const excused = readTable();
const all = clauses();

/** Reason → sentences. */
function readTable(): ReadonlyMap<string, string> {
  const table = parse(readFileSync(new URL('sentences.yaml', import.meta.url), 'utf8')) as {
    [reason: string]: string[];
  };
  return new Map(Object.entries(table).flatMap(([reason, sentences]) => sentences.map((one) => [plain(one), reason])));
}

/** An entry holds a clause that is part of its title, or of which its title is the telling part. */
function isHeld(clause: string): boolean {
  return held.some(
    (title) => title === clause || title.includes(clause) || (title.length >= 12 && clause.includes(title)),
  );
}

test('every sentence of the language reference has a spec, or a reason why it needs none', () => {
  expect(all.filter((clause) => !isHeld(clause) && !excused.has(clause))).toEqual([]);
});

test('no sentence has both', () => {
  expect(all.filter((clause) => isHeld(clause) && excused.has(clause))).toEqual([]);
});

test('every spec is titled with a sentence of the language reference', () => {
  const page = pageText();
  expect(held.filter((title) => !page.includes(title))).toEqual([]);
});

test('every reason is about a sentence that is still there', () => {
  expect([...excused.keys()].filter((sentence) => !all.includes(sentence))).toEqual([]);
});

test('there are 150 entries or more', () => {
  expect(conformanceEntries().length).toBeGreaterThanOrEqual(150);
});
