import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Breath } from './breath.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Time that passes by itself, and what work takes of it: a millisecond a piece. */
function world() {
  let worked = 0;
  const breath = new Breath(() => performance.now() + worked);
  const work = (urgent = false): { done: number } => {
    const told = { done: 0 };
    const go = async (): Promise<void> => {
      while (told.done < 10_000) {
        await breath.take(urgent);
        told.done += 1;
        worked += 1;
      }
    };
    void go();
    return told;
  };
  return { breath, work, worked: () => worked };
}

/** So many requests that wait until they are let go. */
function crowd(breath: Breath, count: number): () => void {
  let leave = (): void => undefined;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  for (let n = 0; n < count; n += 1) void breath.atTheDoor(() => left);
  return leave;
}

describe('long work', () => {
  test('lets the event loop go round after every slice', async () => {
    const { work } = world();
    const told = work();
    const seen: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      await jest.advanceTimersByTimeAsync(1);
      seen.push(told.done);
    }
    expect(seen.map((done, n) => done - (seen[n - 1] ?? 0)).filter((done) => done > 16)).toEqual([]);
    expect(told.done).toBeGreaterThan(60);
  });

  test('stands back while many wait at the door, and goes on all the same', async () => {
    const [crowded, quiet] = [world(), world()];
    crowd(crowded.breath, 16);
    crowd(quiet.breath, 15);
    const [slow, fast] = [crowded.work(), quiet.work()];
    await jest.advanceTimersByTimeAsync(1_000);
    expect(slow.done).toBeGreaterThan(20);
    expect(slow.done).toBeLessThan(100);
    expect(fast.done).toBeGreaterThan(3_000);
  });

  test('has its share of a flood that does not end', async () => {
    const { breath, work } = world();
    crowd(breath, 40);
    const told = work();
    await jest.advanceTimersByTimeAsync(11_000);
    const before = told.done;
    for (let n = 0; n < 10; n += 1) {
      crowd(breath, 1);
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(told.done - before).toBeGreaterThan(150);
  });

  test('has the loop again as soon as the crowd has gone', async () => {
    const { breath, work } = world();
    const leave = crowd(breath, 40);
    const told = work();
    await jest.advanceTimersByTimeAsync(200);
    expect(told.done).toBeLessThan(100);
    leave();
    await jest.advanceTimersByTimeAsync(250);
    expect(told.done).toBeGreaterThan(600);
  });

  test('that is urgent waits for no crowd', async () => {
    const { breath, work } = world();
    crowd(breath, 100);
    const [urgent, other] = [work(true), work()];
    await jest.advanceTimersByTimeAsync(200);
    expect(urgent.done).toBeGreaterThan(600);
    expect(other.done).toBeLessThan(100);
  });
});
