// The twin of conformance: with a verb broken on purpose, at least one entry turns red.

import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { everyStep } from '../../language/walk.ts';
import type { Renderer } from '../../runtime/render/renderer.ts';
import { createRenderer } from '../../runtime/render/renderer.ts';
import { BREAKS, broken } from '../../testing/broken-verbs.ts';
import { conformanceEntries, laboratoryParts, workspaceOf } from '../../testing/conformance.ts';
import { SpecBench } from '../run-specs.ts';

let renderer: Renderer;
beforeAll(() => {
  renderer = createRenderer();
});
afterAll(() => renderer.close());

const entries = conformanceEntries().map((entry) => ({ entry, workspace: workspaceOf(entry).workspace }));

describe('conformance turns red when', () => {
  test.each(Object.entries(BREAKS))('%s', async (_what, change) => {
    const red: string[] = [];
    for (const { entry, workspace } of entries) {
      const journeys = workspace.journeys.map((journey) => broken(journey, change));
      if (isDeepStrictEqual(journeys, workspace.journeys)) continue;
      const bench = new SpecBench({ files: entry.files, env: {}, workspace: { ...workspace, journeys } });
      for (const spec of workspace.specs) {
        for (const one of spec.cases) {
          const { ok } = await bench.play(laboratoryParts(renderer), spec.journey, one);
          if (!ok) red.push(entry.place);
        }
      }
      if (red.length > 0) break;
    }
    expect(red).not.toEqual([]);
  });
});

test('every verb of the language is broken here', () => {
  const steps = entries.flatMap(({ workspace }) => workspace.journeys.flatMap((journey) => everyStep(journey.steps)));
  const named = (verb: string) =>
    Object.values(BREAKS).some((change) =>
      steps.some((step) => step.verb === verb && !isDeepStrictEqual(change(step), [step])),
    );
  expect([...new Set(steps.map((step) => step.verb))].filter((verb) => !named(verb))).toEqual([]);
});
