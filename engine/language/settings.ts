// `tropa.yaml` as read: the settings of a whole workspace. Secrets are resolved from the environment when it is read
// and never stored.

import type { Condition } from './condition.ts';
import type { Clock } from './journey.ts';
import type { Channel } from './template.ts';
import type { JsonObject, Millis } from './values.ts';

export interface QuietHours {
  readonly from: Clock;
  readonly to: Clock;
  readonly then: 'hold' | 'skip';
  readonly channels: readonly Channel[];
}

export interface Cap {
  readonly channel: Channel | null;
  readonly max: number;
  /** A calendar period in the person's zone, or a rolling span in milliseconds. */
  readonly per: 'day' | 'week' | 'month' | Millis;
}

export interface Category {
  readonly id: string;
  readonly title: string;
  readonly transactional: boolean;
  /** Template of the confirming mail, or null. */
  readonly doubleOptIn: string | null;
}

/** A sender or source: its type, and its settings with `${NAME}` resolved. */
export interface Sender {
  readonly channel: Channel;
  readonly provider: string;
  readonly name: string;
  readonly options: JsonObject;
}
export interface Source {
  readonly name: string;
  readonly type: string;
  readonly options: JsonObject;
}

export interface Settings {
  readonly brand: { readonly name: string; readonly url: string; readonly color: string; readonly address: string };
  readonly timezone: string;
  readonly locale: string;
  readonly currency: string;
  readonly consent: Readonly<Record<Channel, 'opt_in' | 'opt_out'>>;
  /** Always holds `marketing` and `transactional`. */
  readonly categories: Readonly<Record<string, Category>>;
  readonly quietHours: QuietHours | null;
  readonly caps: readonly Cap[];
  readonly senders: readonly Sender[];
  readonly sources: readonly Source[];
  readonly segments: Readonly<Record<string, Condition>>;
  readonly inbound: { readonly smtp: number; readonly domain: string } | null;
  readonly sunset: { readonly soft: number; readonly within: Millis };
  readonly attribution: { readonly click: Millis; readonly open: Millis };
}
