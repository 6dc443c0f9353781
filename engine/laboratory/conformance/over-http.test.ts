// Every entry once more, over HTTP on a real server process with a clock that is moved: messages, skips, their times,
// entries and outcomes are those of the laboratory. Two servers run at a time; each test waits for its own.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Renderer } from '../../runtime/render/renderer.ts';
import { createRenderer } from '../../runtime/render/renderer.ts';
import { conformanceEntries, type Entry, laboratoryParts } from '../../testing/conformance.ts';
import { bothWays } from '../../testing/conformance-over-http.ts';

const AT_A_TIME = 2;
const PATIENCE_MS = 240_000;

type Both = Awaited<ReturnType<typeof bothWays>>;
const entries = conformanceEntries();
const told = entries.filter((entry) => entry.laboratoryOnly === null);
const answers = new Map(told.map((entry) => [entry, answerLater()]));
let renderer: Renderer;

interface Later {
  readonly promise: Promise<Both>;
  readonly answer: (both: Promise<Both>) => void;
}

function answerLater(): Later {
  let answer: Later['answer'] = () => undefined;
  const promise = new Promise<Both>((done) => {
    answer = done;
  });
  promise.catch(() => undefined);
  return { promise, answer };
}

async function work(queue: Entry[]): Promise<void> {
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    const both = bothWays(laboratoryParts(renderer), entry);
    answers.get(entry)?.answer(both);
    await both.catch(() => undefined);
  }
}

let working: Promise<unknown>;
beforeAll(() => {
  renderer = createRenderer();
  const queue = [...told];
  working = Promise.all(Array.from({ length: AT_A_TIME }, () => work(queue)));
});
afterAll(async () => {
  await working;
  await renderer.close();
}, PATIENCE_MS);

describe('over HTTP as in the laboratory', () => {
  for (const [entry, { promise }] of answers) {
    test(
      `${entry.title} (${entry.place})`,
      async () => {
        const { laboratory, server } = await promise;
        expect(server).toEqual(laboratory);
      },
      PATIENCE_MS,
    );
  }
});

test('what is not told over HTTP says why, and is little', () => {
  expect(entries.length - told.length).toBeLessThanOrEqual(10);
});
