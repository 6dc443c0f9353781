// Who is due next: a binary heap of moments. Entries are never removed from the middle; a stale one is recognised and
// thrown away when it comes up.

import type { PersonId } from '../../core/person.ts';
import type { Instant } from '../../language/values.ts';

export interface Wake {
  readonly at: Instant;
  readonly person: PersonId;
}

const before = (a: Wake, b: Wake): boolean => a.at < b.at || (a.at === b.at && a.person < b.person);

export interface WakeHeap {
  push(wake: Wake): void;
  peek(): Wake | undefined;
  pop(): Wake | undefined;
}

export function createWakeHeap(): WakeHeap {
  const heap: Wake[] = [];

  function siftUp(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!before(heap[child]!, heap[parent]!)) return;
      swap(child, parent);
      child = parent;
    }
  }

  function siftDown(): void {
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      if (left >= heap.length) return;
      const least = left + 1 < heap.length && before(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!before(heap[least]!, heap[parent]!)) return;
      swap(parent, least);
      parent = least;
    }
  }

  function swap(a: number, b: number): void {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }

  return {
    push(wake) {
      heap.push(wake);
      siftUp(heap.length - 1);
    },
    peek: () => heap[0],
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) {
        heap[0] = last;
        siftDown();
      }
      return first;
    },
  };
}
