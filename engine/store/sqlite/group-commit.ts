// Many requests, one sync: writes that wait together share a transaction, each behind a savepoint of its own, and are
// answered once it is durable (I2). One that fails takes none of its neighbours with it.

import type { Database } from 'better-sqlite3';
import { understood } from './failures.ts';
import type { Answer, Methods, Request } from './protocol.ts';
import { attempt } from './serve.ts';
import { toWire, unavailable } from './wire.ts';

/** Whoever waits at a door goes first, then who is urgent and who is about to leave; the rest in its order. */
const FIRST = ['ingest', 'commitFirst', 'fence'];

export interface GroupCommits {
  take(requests: readonly Request[]): void;
  /** Runs everything that waits. */
  drain(): void;
}

export interface GroupSettings {
  readonly db: Database;
  readonly reads: Methods;
  readonly writes: Methods;
  readonly answer: (answers: readonly Answer[]) => void;
  /** Takes in what was asked meanwhile. */
  readonly listen: () => void;
  /** How long a transaction may take in more work before it is committed. */
  readonly budgetMs: number;
  /** Calls back when nothing waits any more. */
  readonly idle: () => void;
}

export function groupCommits({ db, reads, writes, answer, listen, budgetMs, idle }: GroupSettings): GroupCommits {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  const abandon = db.prepare('ROLLBACK');
  const mark = db.prepare('SAVEPOINT request');
  const keep = db.prepare('RELEASE request');
  const undo = db.prepare('ROLLBACK TO request');
  let asking: Request[] = [];
  const writing: Request[] = [];
  let scheduled = false;

  function attemptApart(request: Request): Answer {
    mark.run();
    const result = attempt(writes, request);
    // A full disk can end the whole transaction; then there is no savepoint left to go back to.
    if (!result.ok && db.inTransaction) undo.run();
    if (db.inTransaction) keep.run();
    return result;
  }

  /** Fails a whole group: none of its work is stored, whatever its answers were going to be. */
  function refuse(group: readonly { readonly id: number }[], cause: unknown): void {
    const error = toWire(understood(cause));
    answer(group.map(({ id }) => ({ id, ok: false, error })));
  }

  function next(): Request | undefined {
    for (const wanted of FIRST) {
      const place = writing.findIndex(({ method }) => method === wanted);
      if (place >= 0) return writing.splice(place, 1)[0];
    }
    return writing.shift();
  }

  /** Works off what waits until the budget is spent, and makes it durable; throws when nothing of it is. */
  function commitGroup(answers: Answer[]): void {
    const until = performance.now() + budgetMs;
    begin.run();
    for (let request = next(); request !== undefined; request = next()) {
      answers.push(attemptApart(request));
      if (!db.inTransaction || performance.now() >= until) break;
      // What came meanwhile may still join.
      listen();
    }
    if (!db.inTransaction) throw unavailable('the store could not finish its transaction: the disk may be full.');
    end.run();
  }

  function writeGroup(): void {
    const answers: Answer[] = [];
    try {
      commitGroup(answers);
    } catch (error) {
      if (db.inTransaction) abandon.run();
      // Where not even a transaction could begin, nothing that waits can be written.
      refuse(answers.length === 0 ? writing.splice(0) : answers, error);
      return;
    }
    answer(answers);
  }

  function turn(): void {
    scheduled = false;
    const questions = asking;
    asking = [];
    if (questions.length > 0) answer(questions.map((request) => attempt(reads, request)));
    if (writing.length > 0) writeGroup();
    schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    if (asking.length + writing.length === 0) {
      idle();
      return;
    }
    scheduled = true;
    setImmediate(turn);
  }

  return {
    take(requests) {
      for (const request of requests) (request.method in reads ? asking : writing).push(request);
      schedule();
    },
    drain() {
      while (asking.length + writing.length > 0) turn();
    },
  };
}
