// Every entry once more, over HTTP on a real server process with a clock that is moved: messages, skips, their times,
// entries and outcomes are those of the laboratory. Each file has a server; its entries follow one another there.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Renderer } from '../../runtime/render/renderer.ts';
import { createRenderer } from '../../runtime/render/renderer.ts';
import { conformanceEntries, laboratoryParts } from '../../testing/conformance.ts';
import { bothWays } from '../../testing/conformance-over-http.ts';

const PATIENCE_MS = 240_000;

const entries = conformanceEntries();
const told = entries.filter((entry) => entry.laboratoryOnly === null);
const files = [...new Set(told.map((entry) => entry.file))];
const runs = new Map<string, ReturnType<typeof bothWays>>();
let renderer: Renderer;

/** The run of a file's entries, begun when first asked for. */
function runOf(file: string): ReturnType<typeof bothWays> {
  const known = runs.get(file);
  if (known !== undefined) return known;
  const all = told.filter((entry) => entry.file === file);
  const run = bothWays(laboratoryParts(renderer), all);
  run.catch(() => undefined);
  runs.set(file, run);
  return run;
}

beforeAll(() => {
  renderer = createRenderer();
});
afterAll(async () => {
  await Promise.allSettled(runs.values());
  await renderer.close();
}, PATIENCE_MS);

for (const [n, file] of files.entries()) {
  describe(`${file} over HTTP as in the laboratory`, () => {
    // While one server is busy deciding, the next one boots and plays.
    beforeAll(() => {
      runOf(file);
      const next = files[n + 1];
      if (next !== undefined) runOf(next);
    });
    for (const entry of told.filter((one) => one.file === file)) {
      test(
        `${entry.title} (${entry.place})`,
        async () => {
          const both = (await runOf(file)).get(entry);
          if (both === undefined || both instanceof Error) throw both ?? new Error('it was not told');
          expect(both.server).toEqual(both.laboratory);
        },
        PATIENCE_MS,
      );
    }
  });
}

test(
  'there was much to compare: hundreds of messages and entries',
  async () => {
    const all = await Promise.all(files.map(runOf));
    const outcomes = all
      .flatMap((run) => [...run.values()])
      .flatMap((both) => (both instanceof Error ? [] : both.server));
    expect(outcomes.flatMap(({ messages }) => messages).length).toBeGreaterThan(400);
    expect(outcomes.flatMap(({ story }) => story).length).toBeGreaterThan(500);
  },
  PATIENCE_MS,
);

test('what is not told over HTTP says why, and is little', () => {
  expect(told.length).toBeGreaterThan(150);
  expect(entries.length - told.length).toBeLessThanOrEqual(10);
});
