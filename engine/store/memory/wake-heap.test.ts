import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createWakeHeap } from './wake-heap.ts';

test('gives back moments in order, whatever order they came in', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.integer(), person: fc.string() })), (wakes) => {
      const heap = createWakeHeap();
      for (const wake of wakes) heap.push(wake);
      const out = wakes.map(() => heap.pop()!);
      expect(out.map(({ at }) => at)).toEqual(wakes.map(({ at }) => at).sort((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
