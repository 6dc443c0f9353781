// A door for one kind of storefront: verifies a request and translates it into events. One file each under `sources/`.

import type { IdentityKey } from '../core/person.ts';
import type { Instant, JsonObject, Millis } from '../language/values.ts';

/** A raw request as it came in. Header names are lower-case. */
export interface RawRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly received: Instant;
  readonly ip: string | null;
}

/** An event as a storefront told it, before it has an id of ours. */
export interface TranslatedEvent {
  /** The source's own id, or null: then every delivery is another event. */
  readonly id: string | null;
  readonly name: string;
  /** Own time, already corrected for the sender's clock. */
  readonly at: Instant;
  readonly who: readonly IdentityKey[];
  readonly aliases?: readonly IdentityKey[];
  readonly data: JsonObject;
}

export type Refused = { readonly index: number; readonly code: string; readonly detail: string };

/** What a platform passes on of somebody's rights over their data; each must be done, and can be told more than once. */
export interface PrivacyRequest {
  /** `export`: all about a person is to be told; `erase`: a person goes; `shop`: all that came from this shop goes. */
  readonly kind: 'export' | 'erase' | 'shop';
  /** The platform's own name of this request, the same each time it is told. */
  readonly id: string;
  readonly at: Instant;
  /** Whom it is about, by everything that is told of them; empty for `shop`. */
  readonly who: readonly IdentityKey[];
  /** Orders that are meant, as in `order_id`. */
  readonly orders: readonly string[];
  /** The shop's own address at the platform (`lumen.myshopify.com`), or null. */
  readonly shop: string | null;
}

export interface Translation {
  readonly events: readonly TranslatedEvent[];
  readonly refused: readonly Refused[];
  readonly privacy?: readonly PrivacyRequest[];
  /** Said with a public key, as by anybody: the events are kept under the source's name for visitors. */
  readonly visitor?: boolean;
}

/** One page of what a platform remembers. */
export interface Recalled {
  readonly translation: Translation;
  /** How many things (orders) are on this page, and how many pages there are in all. */
  readonly things: number;
  readonly pages: number;
}

export interface Recall {
  /** Everything that changed at or after this. */
  readonly since: Instant;
  /** From 1. */
  readonly page: number;
  readonly now: Instant;
  /** Waits before trying again; real milliseconds. */
  pause(ms: Millis): Promise<void>;
}

export interface SourceDoor {
  /**
   * True when the request is authentic and fresh; a refusal says why for the log, never to the caller. `browser`: it was
   * proven with a public key, which anybody can read in a page.
   */
  verify(request: RawRequest): { ok: true; browser?: boolean } | { ok: false; why: string };
  /** Throws TropaError `E_BAD_REQUEST` when the body as a whole cannot be read. */
  translate(request: RawRequest): Translation;
  /**
   * Reads a page of what the platform remembers, by its own API, as the very events its webhooks would have been: the
   * same ids. Only where webhooks are not sent again. Throws TropaError `E_SOURCE` when the platform does not answer.
   */
  recall?(ask: Recall): Promise<Recalled>;
}
