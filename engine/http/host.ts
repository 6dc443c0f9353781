// What the HTTP surface needs of the engine, in one place. The composition root makes it; tests make a smaller one.

import type { FastifyBaseLogger } from 'fastify';
import type { MessageRow, Person } from '../core/person.ts';
import type { Settings, Source } from '../language/settings.ts';
import type { Instant, Json, JsonObject } from '../language/values.ts';
import type { CallbackDoor, Heard, Receipt } from '../ports/channel.ts';
import type { PrivacyRequest, SourceDoor } from '../ports/source.ts';
import type { IncomingEvent, IngestReceipt, Store } from '../ports/store.ts';
import type { Newcomers } from '../runtime/access/users.ts';
import type { Demonstration } from '../runtime/demonstration.ts';
import type { Links } from '../runtime/links.ts';
import type { SenderState } from '../runtime/senders/senders.ts';
import type { Drafts } from './drafts-host.ts';

/** A provider of OpenID Connect, as the settings name it. */
export interface Oidc extends Newcomers {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export type SandboxAction = 'open' | 'click' | 'reply' | 'bounce' | 'unsubscribe';

/** The sandbox channel's buttons: what a person could do with a message. */
interface SandboxDesk {
  /** Does it as the person would; `value` is the reply's text or the clicked address. Throws TropaError `E_NO_SUCH_MESSAGE`. */
  act(message: string, action: SandboxAction, value?: string): Promise<void>;
}

export interface HttpHost {
  now(): Instant;
  /** As deployed now. */
  settings(): Settings;
  readonly store: Store;
  /** Of the installation. */
  readonly secret: string;
  /** The company's own provider to sign in by; absent: passwords alone. */
  readonly oidc?: Oidc;
  /** The door of a source; the same source may be asked for at every request. Throws TropaError when it is misconfigured. */
  door(source: Source): SourceDoor;
  /** Durable on return (I2); throws TropaError `E_UNAVAILABLE` when the store cannot take more. */
  ingest(events: readonly IncomingEvent[]): Promise<IngestReceipt[]>;
  /** What so many requests wait for, beyond `ingest`: while they are a crowd, deciding stands back. */
  atTheDoor<Result>(count: number, work: () => Promise<Result>): Promise<Result>;
  /** What became of a message, as its reader showed; durable on return. */
  receipts(receipts: readonly Receipt[]): Promise<void>;
  /** What came in from outside about messages and addresses; durable on return. */
  heard(heard: readonly Heard[]): Promise<void>;
  /** The callbacks of a provider, one a sender that uses it. */
  callbacks(provider: string): readonly CallbackDoor[];
  /** Where the world reaches this server, without a slash at its end. */
  readonly publicUrl: string;
  /**
   * Carries out what a platform passes on of people's rights; durable on return, the same request twice is one. Without
   * it such a webhook is answered with 503, so that the platform tells it again: a promise nobody keeps is not made.
   */
  privacy?(source: Source, requests: readonly PrivacyRequest[]): Promise<void>;
  readonly links: Links;
  /** `host:port` of push services near by, which only tests have. */
  readonly near: readonly string[];
  /** Looks after what is under way though its request is answered: waits for it before a stop. Absent: requests wait. */
  behind?(work: Promise<unknown>): void;
  /** A message that left, as a page, with the templates of now; null where it is no mail or cannot be shown again. */
  browse?(message: MessageRow): Promise<{ readonly html: string | null; readonly text: string } | null>;
  journeyExists(id: string): boolean;
  /** An operation as the command line asks for it, by its name on the socket. */
  operate(name: string, args: JsonObject): Promise<Json>;
  /** Who of these people is in a segment. */
  members?(segment: string, people: readonly Person[]): Promise<readonly Person[]>;
  /** How each sender is. */
  senders?(): readonly SenderState[];
  /** What a newcomer can try, or null. */
  demonstration?(): Promise<Demonstration | null>;
  /** The editor's desk; absent where nothing can be edited. */
  readonly drafts?: Drafts;
  ready(): Promise<boolean>;
  /**
   * Figures for `/metrics` by name, with labels where there are any: `tropa_messages_total{channel="sms",outcome="sent"}`.
   * Names that end with `_total` are counters, all others gauges.
   */
  gauges(): Promise<Readonly<Record<string, number>>>;
  /** Null when no channel is a sandbox. */
  readonly sandbox: SandboxDesk | null;
  readonly logger: FastifyBaseLogger;
  /** The server listens on a loopback address alone. The sandbox's page is served only then. */
  readonly loopback: boolean;
  readonly metricsToken: string | null;
}
