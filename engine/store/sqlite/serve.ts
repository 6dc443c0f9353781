// A worker's end of the conversation: greets once everything is open, then hands each request on.

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { understood } from './failures.ts';
import {
  type Answer,
  CLOSE,
  type Greeting,
  invoke,
  type Methods,
  type Request,
  type ThreadSettings,
} from './protocol.ts';
import { toWire } from './wire.ts';

export interface Served {
  take(requests: readonly Request[]): void;
  /** Answers what waits and lets go of every file. */
  close(): void;
}

/** This worker's end of the line to the main thread. */
export interface Line {
  answer(answers: readonly Answer[]): void;
  /** Hears now what was said meanwhile, instead of when this turn of the event loop is over. */
  listen(): void;
}

/** The answer to one request, whatever becomes of it. */
export function attempt(methods: Methods, request: Request): Answer {
  try {
    return { id: request.id, ok: true, value: invoke(methods, request) };
  } catch (error) {
    return { id: request.id, ok: false, error: toWire(understood(error)) };
  }
}

/** Opens what this worker serves. An opening that fails is told to the main thread, which throws it there. */
export function serve(open: (settings: ThreadSettings, line: Line) => Served): void {
  if (parentPort === null) throw new Error('this file is a worker of the store and does nothing by itself');
  const port: MessagePort = parentPort;
  const greet = (greeting: Greeting): void => port.postMessage(greeting);
  try {
    const served = open(workerData as ThreadSettings, {
      answer: (answers) => port.postMessage(answers),
      listen: () => {
        for (let heard = receiveMessageOnPort(port); heard !== undefined; heard = receiveMessageOnPort(port))
          hear(heard.message);
      },
    });
    const hear = (requests: readonly Request[]): void => {
      const last = requests.find(({ method }) => method === CLOSE);
      const asked = last === undefined ? requests : requests.filter((request) => request !== last);
      if (asked.length > 0) served.take(asked);
      if (last === undefined) return;
      served.close();
      port.postMessage([{ id: last.id, ok: true, value: null }] satisfies Answer[]);
      port.close();
    };
    port.on('message', hear);
    greet({ ready: true });
  } catch (error) {
    greet({ ready: false, error: toWire(understood(error)) });
  }
}
