// Every entry of this folder, run by the laboratory. The same entries over HTTP are `over-http.test.ts`; which sentence
// has an entry is `sentences.test.ts`.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Renderer } from '../../runtime/render/renderer.ts';
import { createRenderer } from '../../runtime/render/renderer.ts';
import { conformanceEntries, laboratoryParts, workspaceOf } from '../../testing/conformance.ts';
import type { CaseResult } from '../run-specs.ts';
import { runSpecs } from '../run-specs.ts';

let renderer: Renderer;
beforeAll(() => {
  renderer = createRenderer();
});
afterAll(() => renderer.close());

function told({ case: name, differences, timeline }: CaseResult): string {
  const lines = differences.map(({ about, expected, actual }) => `${about}: expected ${expected}, was ${actual}`);
  return [name, ...lines, ...timeline].join('\n  ');
}

const all = conformanceEntries();

for (const file of new Set(all.map((entry) => entry.file))) {
  describe(file, () => {
    for (const entry of all.filter((one) => one.file === file)) {
      test(`${entry.title} (${entry.place})`, async () => {
        const { workspace, errors } = workspaceOf(entry);
        expect(
          errors.map(({ code, place, message }) => `${code} ${place.file}:${place.line}:${place.column} ${message}`),
        ).toEqual([]);
        const results = await runSpecs(laboratoryParts(renderer), { files: entry.files, env: {}, workspace });
        expect(results.length).toBeGreaterThan(0);
        expect(results.filter(({ ok }) => !ok).map(told)).toEqual([]);
      });
    }
  });
}
