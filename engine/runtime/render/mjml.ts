// Compiles MJML on a thread of its own, one template at a time, so that one that hangs or kills the thread is known by
// name and the others are compiled by the next thread.

import { Worker } from 'node:worker_threads';
import type { MjmlResult } from './mjml-compile.ts';

export type { MjmlResult } from './mjml-compile.ts';

/** Ordinary mails take 10 to 100 ms, the first a second more. */
const LONGEST_MS = 15_000;
const MOST_MEMORY_MB = 512;

interface Job {
  readonly mjml: string;
  readonly done: (result: MjmlResult) => void;
  readonly fail: (error: Error) => void;
}

/** A compiler that starts its thread when it is first needed. */
export class MjmlCompiler {
  readonly #longestMs: number;
  readonly #waiting: Job[] = [];
  #worker: Worker | null = null;
  #current: Job | null = null;
  #patience: NodeJS.Timeout | undefined;

  /** A template that takes longer than `longestMs` is given up. */
  constructor(longestMs = LONGEST_MS) {
    this.#longestMs = longestMs;
  }

  /** The HTML with its Liquid intact, and everything that is wrong with it. Throws when the thread died of it. */
  compile(mjml: string): Promise<MjmlResult> {
    return new Promise((done, fail) => {
      this.#waiting.push({ mjml, done, fail });
      this.#next();
    });
  }

  async close(): Promise<void> {
    const jobs = [this.#current, ...this.#waiting.splice(0)];
    const worker = this.#worker;
    this.#settle();
    this.#worker = null;
    for (const job of jobs) job?.fail(new Error('the renderer is closed'));
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current !== null) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#current = job;
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#patience = setTimeout(
      () => this.#lost(`MJML: not compiled after ${this.#longestMs / 1000} s`),
      this.#longestMs,
    );
    this.#worker.postMessage(job.mjml);
  }

  #settle(): Job | null {
    const job = this.#current;
    this.#current = null;
    clearTimeout(this.#patience);
    return job;
  }

  #lost(why: string): void {
    const worker = this.#worker;
    this.#worker = null;
    worker?.removeAllListeners();
    // A thread that is being killed may still report an error of its own.
    worker?.on('error', () => undefined);
    void worker?.terminate();
    this.#settle()?.fail(new Error(why));
    this.#next();
  }

  #start(): Worker {
    // Under test the sources run, but a thread runs only what is compiled.
    const file = import.meta.url.endsWith('.ts')
      ? new URL('../../../dist/engine/runtime/render/mjml-worker.js', import.meta.url)
      : new URL('./mjml-worker.js', import.meta.url);
    const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB } });
    worker.on('message', (result: MjmlResult) => {
      const job = this.#settle();
      // An idle thread keeps no process alive.
      worker.unref();
      job?.done(result);
      this.#next();
    });
    worker.on('error', (error) => this.#lost(`MJML: ${error.message}`));
    worker.on('exit', () => this.#lost('MJML: its thread ended'));
    return worker;
  }
}
