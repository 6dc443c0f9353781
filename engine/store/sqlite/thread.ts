// The main thread's end of a worker: calls go out numbered, answers settle them, a dead worker fails all of them.

import { Worker } from 'node:worker_threads';
import {
  type Answer,
  CLOSE,
  type Greeting,
  type Method,
  type Methods,
  type Request,
  type ThreadSettings,
} from './protocol.ts';
import { fromWire, unavailable } from './wire.ts';

type ArgsOf<M> = M extends Method ? Parameters<M> : never;
type AnswerOf<M> = M extends Method ? ReturnType<M> : never;

export interface Thread<M extends Methods> {
  call<Name extends keyof M & string>(method: Name, ...args: ArgsOf<M[Name]>): Promise<AnswerOf<M[Name]>>;
  /** The same, without waiting for what else this turn of the event loop asks. */
  callNow<Name extends keyof M & string>(method: Name, ...args: ArgsOf<M[Name]>): Promise<AnswerOf<M[Name]>>;
  /** Answers what was asked before, lets go of the files and ends. As often as one likes. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a worker of this folder (`writer`, `reader`) and waits for its greeting. Node itself runs compiled code only. */
export async function startThread<M extends Methods>(file: string, settings: ThreadSettings): Promise<Thread<M>> {
  const fromSource = import.meta.url.endsWith('.ts');
  const script = fromSource ? `../../../dist/engine/store/sqlite/${file}.js` : `./${file}.js`;
  const worker = new Worker(new URL(script, import.meta.url), { workerData: settings, execArgv: [] });
  await greeted(worker);
  return talkTo<M>(worker);
}

/** The same, started by the first call: a thread that nobody asks costs no memory. */
export function threadWhenAsked<M extends Methods>(file: string, settings: ThreadSettings): Thread<M> {
  let started: Promise<Thread<M>> | null = null;
  let closed = false;
  async function ask(): Promise<Thread<M>> {
    if (closed) throw unavailable('the store is closed.');
    // One that could not be started is tried again by the next call.
    started ??= startThread<M>(file, settings).catch((error: unknown) => {
      started = null;
      throw error;
    });
    return await started;
  }
  return {
    call: async (method, ...args) => await (await ask()).call(method, ...args),
    callNow: async (method, ...args) => await (await ask()).callNow(method, ...args),
    async close() {
      closed = true;
      await (await started)?.close();
    },
  };
}

function greeted(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (greeting: Greeting) => {
      worker.off('error', reject);
      if (greeting.ready) resolve();
      // Not before it is gone: until then it may still hold files of the folder.
      else worker.once('exit', () => reject(fromWire(greeting.error)));
    });
  });
}

function talkTo<M extends Methods>(worker: Worker): Thread<M> {
  const waiting = new Map<number, Waiting>();
  let leaving: Request[] = [];
  let asked = 0;
  let ended: Error | null = null;
  let closing: Promise<void> | null = null;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  function fail(error: Error): void {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function send(method: string, args: readonly unknown[]): Promise<unknown> {
    if (ended !== null) return Promise.reject(ended);
    asked += 1;
    const id = asked;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      // What is asked in one turn of the event loop leaves together.
      if (leaving.push({ id, method, args }) === 1) setImmediate(leave);
      // Only what is under way keeps the process alive.
      worker.ref();
    });
  }

  function leave(): void {
    const requests = leaving;
    leaving = [];
    if (requests.length === 0) return;
    worker.postMessage(requests);
  }

  function settle(answer: Answer): void {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) call?.resolve(answer.value);
    else call?.reject(fromWire(answer.error));
  }

  worker.on('message', (answers: readonly Answer[]) => {
    answers.forEach(settle);
    // Whoever closes waits for the worker's end: without it the process would be over before.
    if (waiting.size === 0 && closing === null) worker.unref();
  });
  worker.on('error', (error) => fail(unavailable(`the store's thread died: ${error.message}.`)));
  worker.on('exit', () => fail(unavailable('the store is closed.')));
  worker.unref();

  return {
    call: (method, ...args) => send(method, args) as Promise<never>,
    callNow(method, ...args) {
      const answer = send(method, args) as Promise<never>;
      if (ended === null) leave();
      return answer;
    },
    close(): Promise<void> {
      closing ??= ended === null ? send(CLOSE, []).then(() => exited) : Promise.resolve();
      return closing;
    },
  };
}
