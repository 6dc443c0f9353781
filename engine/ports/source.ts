// A door for one kind of storefront: verifies a request and translates it into events. One file each under `sources/`.

import type { IdentityKey } from '../core/person.ts';
import type { Instant, JsonObject } from '../language/values.ts';

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

export interface Translation {
  readonly events: readonly TranslatedEvent[];
  readonly refused: readonly Refused[];
}

export interface SourceDoor {
  /** True when the request is authentic and fresh; a refusal says why for the log, never to the caller. */
  verify(request: RawRequest): { ok: true } | { ok: false; why: string };
  /** Throws TropaError `E_BAD_REQUEST` when the body as a whole cannot be read. */
  translate(request: RawRequest): Translation;
}
