// A small host for the HTTP surface: a real server and a real store, without the engine behind them.

import type { FastifyBaseLogger } from 'fastify';
import { pino } from 'pino';
import type { HttpHost, SandboxAction } from '../http/host.ts';
import { createServer, type Patience } from '../http/server.ts';
import { TropaError } from '../language/errors.ts';
import type { Settings, Source } from '../language/settings.ts';
import type { JsonObject } from '../language/values.ts';
import type { CallbackDoor, Heard, Receipt } from '../ports/channel.ts';
import type { Store, StoredEvent } from '../ports/store.ts';
import { createLinks } from '../runtime/links.ts';
import { sourceDoor } from '../sources/doors.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { NOON } from './store-fixtures.ts';

/** The secret of the source `crm`, from the specification's published vector. */
export const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export interface SmallHost {
  readonly url: string;
  readonly store: Store;
  readonly host: HttpHost;
  /** Set to move its clock. */
  now: number;
  /** The store takes nothing more. */
  full: boolean;
  readonly receipts: Receipt[];
  readonly heard: Heard[];
  readonly acts: { message: string; action: SandboxAction; value?: string }[];
  /** Everything logged so far. */
  readonly log: string[];
  events(): Promise<StoredEvent[]>;
  /** POSTs JSON with the write key. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export const BASIC = { authorization: `Basic ${Buffer.from('key-1:').toString('base64')}` };

function settingsWith(sources: readonly Source[]): Settings {
  const category = (id: string, title: string, transactional: boolean) => ({
    id,
    title,
    transactional,
    doubleOptIn: null,
  });
  return {
    brand: { name: 'Lumen', url: 'https://lumen.example', color: '#3B5BDB', address: '1 Light Street, Riga' },
    timezone: 'Europe/Riga',
    locale: 'en',
    currency: 'EUR',
    consent: { email: 'opt_in', sms: 'opt_in', push: 'opt_in' },
    categories: {
      marketing: category('marketing', 'Offers', false),
      transactional: category('transactional', 'Your orders', true),
    },
    quietHours: null,
    caps: [],
    senders: [],
    sources,
    segments: {},
    inbound: null,
    sunset: { soft: 5, within: 30 * 86_400_000 },
    attribution: { click: 5 * 86_400_000, open: 2 * 86_400_000 },
  };
}

const SOURCES: readonly Source[] = [
  { name: 'app', type: 'segment', options: { write_key: ['key-1', 'key-old'] } },
  { name: 'crm', type: 'standard-webhooks', options: { secret: WEBHOOK_SECRET } },
];

export interface SmallHostOptions {
  /** One that somebody lived in already; an empty one without. */
  readonly store?: Store;
  readonly sources?: readonly { name: string; type: string; options: JsonObject }[];
  readonly loopback?: boolean;
  readonly oidc?: HttpHost['oidc'];
  readonly publicUrl?: string;
  readonly metricsToken?: string;
  readonly sandbox?: false;
  readonly callbacks?: readonly CallbackDoor[];
  readonly patience?: Patience;
  /** Address to listen on; 127.0.0.1 by default. */
  readonly listen?: string;
}

/** Starts a server on a free port of this machine. */
export async function startSmallHost(options: SmallHostOptions = {}): Promise<SmallHost> {
  const store = options.store ?? createMemoryStore();
  const settings = settingsWith(options.sources ?? SOURCES);
  const log: string[] = [];
  const state = { now: NOON, full: false };
  const receipts: Receipt[] = [];
  const heard: Heard[] = [];
  const acts: SmallHost['acts'] = [];
  const refuseWhenFull = (): void => {
    if (state.full) throw new TropaError('E_UNAVAILABLE', 'The store cannot take more.');
  };
  const host: HttpHost = {
    now: () => state.now,
    settings: () => settings,
    store,
    secret: 'a secret of this test',
    ...(options.oidc !== undefined && { oidc: options.oidc }),
    door: sourceDoor,
    atTheDoor: (_count, work) => work(),
    ingest: async (events) => {
      refuseWhenFull();
      return store.ingest(events);
    },
    receipts: async (told) => {
      refuseWhenFull();
      receipts.push(...told);
    },
    heard: async (told) => {
      refuseWhenFull();
      heard.push(...told);
    },
    callbacks: (provider) => (options.callbacks ?? []).filter((door) => door.provider === provider),
    publicUrl: options.publicUrl ?? 'https://t.lumen.example',
    links: createLinks('a secret of this test', 'https://t.lumen.example'),
    near: [],
    journeyExists: (id) => id === 'welcome',
    operate: async (name) => {
      throw new TropaError('E_NOT_FOUND', `The host of a test carries out no "${name}".`);
    },
    ready: async () => !state.full,
    gauges: async () => ({
      tropa_people: (await store.counts()).people,
      'tropa_messages_total{channel="sms",outcome="sent"}': 3,
    }),
    sandbox:
      options.sandbox === false
        ? null
        : {
            act: async (message, action, value) => {
              if (action === 'click' && value === undefined)
                throw new TropaError('E_BAD_REQUEST', `message holds no link to click.`);
              acts.push({ message, action, ...(value === undefined ? {} : { value }) });
            },
          },
    logger: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }) as FastifyBaseLogger,
    loopback: options.loopback ?? true,
    metricsToken: options.metricsToken ?? null,
  };
  const app = createServer(host, options);
  const address = await app.listen({ port: 0, host: options.listen ?? '127.0.0.1' });
  const url = address.replace('0.0.0.0', '127.0.0.1');
  return {
    url,
    store,
    host,
    get now() {
      return state.now;
    },
    set now(to) {
      state.now = to;
    },
    get full() {
      return state.full;
    },
    set full(is) {
      state.full = is;
    },
    receipts,
    heard,
    acts,
    log,
    events: () => store.events({ limit: 100_000 }),
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...BASIC, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: () => app.close(),
  };
}
