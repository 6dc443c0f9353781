// Outgoing HTTP to addresses that somebody typed: call steps, push endpoints, pictures, gateways. What is sent and what
// came of it; `runtime/guarded-fetch.ts` keeps it away from machines that are nobody's business (P23).

import type { Millis } from '../language/values.ts';

export interface GuardedRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As typed. Only http and https; with `secure` only https. */
  readonly url: string;
  readonly secure?: true;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** The whole of it, waiting for a free connection included; 30 s unless told. */
  readonly timeout?: Millis;
  /** The longest answer that is read, in bytes; 1 MB unless told. */
  readonly limit?: number;
}

export type GuardedAnswer =
  /** A redirect is answered like anything else, and never followed. Header names are lower-case. */
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  | {
      readonly ok: false;
      /**
       * `forbidden`: an address that must not be reached · `unreachable`: no such name, nobody listens, no TLS ·
       * `silent`: no answer, or none in time · `too_large`: its answer is longer than the limit.
       */
      readonly why: 'forbidden' | 'unreachable' | 'silent' | 'too_large';
      /** False: not a byte of the request has left. True: the other side may have taken it. */
      readonly written: boolean;
      /** In words, for logs and operators: never the address itself. */
      readonly detail: string;
      /** Where an answer had begun. */
      readonly status?: number;
    };

export interface GuardedFetch {
  /** Asks once, follows nothing. Never throws. */
  ask(request: GuardedRequest): Promise<GuardedAnswer>;
  /** Ends when what is under way has its answer. Afterwards everything is `unreachable`. */
  close(): Promise<void>;
}
