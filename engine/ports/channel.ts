// What a channel is: something that takes a rendered message and says what became of it. One folder each under
// `channels/`, each passing `channel.contract.ts`.

import type { Channel as ChannelName } from '../language/template.ts';
import type { Instant, Json, JsonObject, Millis } from '../language/values.ts';
import type { GuardedFetch } from './guarded.ts';

export type { GuardedAnswer, GuardedFetch } from './guarded.ts';

import type { SandboxMail } from './store.ts';

export { TropaError } from '../language/errors.ts';
export type { ChannelName, Instant, Json, JsonObject, Millis, SandboxMail };

/** A browser that takes push messages, as `PushSubscription.toJSON()` tells it. */
export interface PushDevice {
  readonly endpoint: string;
  /** Base64url: the browser's public key and its secret (RFC 8291). */
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** A message ready to leave. */
export interface Outgoing {
  readonly id: string;
  readonly person: string;
  readonly channel: ChannelName;
  readonly to: string;
  readonly journey: string;
  readonly step: string;
  readonly template: string;
  readonly locale: string | null;
  readonly category: string;
  readonly transactional: boolean;
  /** After this it is of no use: its step's `for` or `expires`. */
  readonly expires: Instant | null;
  /** Push: every device of the person. */
  readonly devices: readonly PushDevice[];
  /** email: subject, from, reply_to, preheader; push: title, link, icon, image. One line each, no control characters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly actions: readonly { readonly label: string; readonly url: string }[];
  readonly html: string | null;
  readonly text: string;
  readonly urls: { readonly unsubscribe: string; readonly preferences: string; readonly browser: string };
  readonly at: Instant;
  /** How often it has been tried, this time included. */
  readonly attempt: number;
}

/** Why a provider would not take it; it will not take it later either. */
export interface Refusal {
  readonly kind: 'address' | 'content' | 'provider';
  readonly detail: string;
  /** This address must never be written to again on this channel. */
  readonly suppress?: true;
}

/** Says who acts next. */
export type SendOutcome =
  // nobody: wait for receipts. `gone`: endpoints of devices that are no more
  | { readonly result: 'accepted'; readonly providerId: string; readonly gone?: readonly string[] }
  // the outbox: it was surely not taken. `after` is for the first try, and doubles with each; `down`: the provider takes
  // nothing from anybody now (no connection, 421, 429)
  | { readonly result: 'retry'; readonly after: Millis; readonly why: string; readonly down?: true }
  // the journey: next rung
  | { readonly result: 'refused'; readonly why: Refusal; readonly gone?: readonly string[] }
  // an operator: this sender takes nothing until somebody has looked; the message was surely not taken
  | { readonly result: 'halted'; readonly why: string }
  | { readonly result: 'unknown'; readonly why: string }; // a person: never resent silently (I5)

export type ReceiptKind =
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'replied'
  | 'bounced'
  | 'complained'
  | 'failed'
  | 'unsubscribed'
  | 'machine_opened';

/** What came back about a message. */
export interface Receipt {
  readonly message: string;
  readonly kind: ReceiptKind;
  readonly at: Instant;
  /** Tells two receipts of one kind apart (two clicks); absent: one of each kind counts. */
  readonly id?: string;
  readonly reason?: string;
  readonly value?: Json;
  /** Of `unsubscribed`: the withdrawal of consent is an event already. */
  readonly recorded?: true;
}

/**
 * What came in from outside about a message or an address: a provider's callback, a returned mail, an answer. It names
 * the message where it can, else the address (normalised as in identities).
 */
export interface Heard {
  readonly channel: ChannelName;
  readonly message: string | null;
  readonly address: string | null;
  /** `soft_bounced`: not delivered this time; `stop`, `start`: words of the person about the whole channel. */
  readonly kind: ReceiptKind | 'soft_bounced' | 'stop' | 'start';
  readonly at: Instant;
  /** Tells two of one kind apart, and one told twice from two. */
  readonly id?: string;
  readonly reason?: string;
  readonly value?: Json;
  /** Nothing more of this sender will be taken until somebody looks: why, for the operator. */
  readonly halts?: string;
}

/** A provider's callbacks: `POST /receipts/<provider>`. */
export interface CallbackDoor {
  readonly provider: string;
  /** True when the request is authentic, verified as the provider documents; a refusal says why for the log alone. */
  verify(request: CallbackRequest): Promise<{ ok: true } | { ok: false; why: string }>;
  /** Throws TropaError `E_BAD_REQUEST` when the body cannot be read. */
  read(request: CallbackRequest): Promise<readonly Heard[]>;
  /** What a good request is answered with, where the provider reads the answer (TwiML); absent: an empty 200. */
  readonly answer?: { readonly type: string; readonly body: string };
}

/** A request as it came in. Header names are lower-case; `url` is as the provider called it: PUBLIC_URL and the path. */
export interface CallbackRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly received: Instant;
}

/** One thing `tropa doctor` looked at. */
export interface Checked {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, and where it is wrong what to do, in plain words. Never a secret. */
  readonly say: string;
}

/** What a channel is given by the engine. */
export interface ChannelHost {
  now(): Instant;
  /** Hands receipts in; durable on return. */
  receipts(receipts: readonly Receipt[]): Promise<void>;
  /** Keeps what the sandbox "delivered". */
  keepMail(mail: SandboxMail): Promise<void>;
}

/** Addresses of ours that a real channel writes into its messages. */
export interface ReturnAddresses {
  /** PUBLIC_URL, without a slash at its end. */
  readonly publicUrl: string;
  /** The envelope sender and the Reply-To by which what comes back finds its message; null without `inbound`. */
  bounces(message: string): string | null;
  replies(message: string): string | null;
}

/** Signed links of ours that a push message carries. */
export interface PushLinks {
  /** Where the service worker tells what became of a message. */
  reports(message: string): string;
  /** Where a tracked link of ours leads, or null for any other link. */
  target(url: string): string | null;
}

/** What a real channel is given besides. */
export interface ProviderHost extends ChannelHost {
  /** Hands in what was heard from outside; durable on return. */
  heard(heard: readonly Heard[]): Promise<void>;
  /** The name customers know. */
  readonly brand: string;
  readonly addresses: ReturnAddresses;
  readonly links: PushLinks;
  /** The one client for addresses that browsers and customers typed; the house closes it (P23). */
  guarded(): Promise<GuardedFetch>;
}

export interface Channel {
  readonly provider: string;
  /** False: nothing is heard of a message after it was taken, so that nobody waits for `delivered`. */
  readonly tellsDelivery?: boolean;
  /** Tries each once. Never throws: what it cannot tell is `unknown`. One answer a message, in order. */
  send(messages: readonly Outgoing[]): Promise<SendOutcome[]>;
  /** What an operator would want to know before the first message: login, account, keys. */
  check?(): Promise<readonly Checked[]>;
  close(): Promise<void>;
}
