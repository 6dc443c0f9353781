// What a channel is: something that takes a rendered message and says what became of it. One folder each under
// `channels/`, each passing `channel.contract.ts`.

import type { Channel as ChannelName } from '../language/template.ts';
import type { Instant, Json, JsonObject, Millis } from '../language/values.ts';
import type { SandboxMail } from './store.ts';

export { TropaError } from '../language/errors.ts';
export type { ChannelName, Instant, Json, JsonObject, Millis, SandboxMail };

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
  readonly transactional: boolean;
  /** email: subject, from, reply_to, preheader; push: title, link, icon, image. One line each, no control characters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly actions: readonly { readonly label: string; readonly url: string }[];
  readonly html: string | null;
  readonly text: string;
  readonly urls: { readonly unsubscribe: string; readonly preferences: string; readonly browser: string };
  readonly at: Instant;
}

/** Why a provider would not take it; it will not take it later either. */
export interface Refusal {
  readonly kind: 'address' | 'content' | 'provider';
  readonly detail: string;
}

/** Says who acts next. */
export type SendOutcome =
  | { readonly result: 'accepted'; readonly providerId: string } // nobody: wait for receipts
  | { readonly result: 'retry'; readonly after: Millis; readonly why: string } // the outbox: it was surely not taken
  | { readonly result: 'refused'; readonly why: Refusal } // the journey: next rung
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

/** What a channel is given by the engine. */
export interface ChannelHost {
  now(): Instant;
  /** Hands receipts in; durable on return. */
  receipts(receipts: readonly Receipt[]): Promise<void>;
  /** Keeps what the sandbox "delivered". */
  keepMail(mail: SandboxMail): Promise<void>;
}

export interface Channel {
  readonly provider: string;
  /** Tries each once. Never throws: what it cannot tell is `unknown`. One answer a message, in order. */
  send(messages: readonly Outgoing[]): Promise<SendOutcome[]>;
  close(): Promise<void>;
}
