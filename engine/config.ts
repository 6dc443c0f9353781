// The only reader of the environment: every setting, its unit, its default, and what is wrong with it.

import { z } from 'zod';
import { parseDuration } from './language/duration.ts';
import { TropaError } from './language/errors.ts';
import { suggest } from './language/suggest.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const SETTINGS = z.object({
  /** Folder of the embedded store. */
  TROPA_DATA: z.string().min(1).default('./data'),
  /** Folder of the workspace. */
  TROPA_WORKSPACE: z.string().min(1).default('./journeys'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a whole number')
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65_535, 'must be from 1 to 65535')
    .default(7070),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Under which address links in messages reach this server; the listening address by default. */
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an address such as https://t.example.com' }).optional(),
  /** Signs links; made and kept in the data folder when left out. Needed with MONGODB_URL, the same for every process. */
  TROPA_SECRET: z.string().min(16, 'needs 16 characters or more').optional(),
  LOG_LEVEL: z.enum(LEVELS, `is one of ${LEVELS.join(', ')}`).default('warn'),
  /** How long event bodies are kept: a duration. */
  RETENTION: z.string().default('400d'),
  /** Lets /metrics be read from beyond loopback. */
  METRICS_TOKEN: z.string().min(8, 'needs 8 characters or more').optional(),
  /** `1`: the clock stands still in the store and is moved by commands; for tests alone. */
  TROPA_TEST_CLOCK: z.enum(['0', '1'], 'is 1, or unset').optional(),
  /** `host:port,…`: machines near by that the guarded client may ask, as no setting of a workspace can say; for tests alone. */
  TROPA_TEST_REACH: z
    .string()
    .regex(/^[^\s,]+:\d+(,[^\s,]+:\d+)*$/, 'is a list of host:port')
    .optional(),
  /** The store of many processes, in place of the data folder: an address of a database, `mongodb://host/tropa`. */
  MONGODB_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must be an address such as mongodb://host:27017/tropa')
    .optional(),
  /** Tells those processes at once of what they would find by looking every five seconds. */
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, 'must be an address such as redis://host:6379')
    .optional(),
  /** Traces from event to receipt go to this collector, by OTLP over HTTP; without, none are made. `/v1/traces` is added. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://collector:4318' })
    .optional(),
  /** Signs people in by a provider of OpenID Connect: its address; with OIDC_CLIENT_ID and OIDC_CLIENT_SECRET. */
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://login.example.com' })
    .optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  /** What newcomers of OIDC_DOMAINS become; without, only who was added comes in. */
  OIDC_ROLE: z.enum(['viewer', 'author', 'admin'], 'is viewer, author or admin').optional(),
  /** `example.com,…`: whose newcomers come in. */
  OIDC_DOMAINS: z
    .string()
    .regex(/^[^\s,@]+(,[^\s,@]+)*$/, 'is a list of domains')
    .optional(),
});

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly role: 'viewer' | 'author' | 'admin' | null;
  readonly domains: readonly string[];
}

export interface Config {
  readonly data: string;
  /** Null: the embedded store. */
  readonly mongodbUrl: string | null;
  readonly redisUrl: string | null;
  /** Null: no traces. */
  readonly tracesTo: string | null;
  readonly workspace: string;
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | null;
  readonly secret: string | null;
  readonly logLevel: string;
  /** Milliseconds. */
  readonly retention: number;
  readonly metricsToken: string | null;
  /** Null: passwords alone. */
  readonly oidc: OidcConfig | null;
  readonly testClock: boolean;
  readonly underTest: boolean;
  /** Places that are asked though they are not public; none outside tests (P23). */
  readonly testReach: readonly string[];
  readonly loopback: boolean;
  /** For `${NAME}` in tropa.yaml. */
  readonly env: Env;
}

/** Reads the settings; flags win over the environment. Throws E_CONFIG naming the setting and its remedy, never its value. */
export function readConfig(env: Env, flags: { data?: string; workspace?: string } = {}): Config {
  refuseUnknown(env);
  const settings = parseSettings(env, flags);
  const retention = parseDuration(settings.RETENTION);
  if (retention === null) throw new TropaError('E_CONFIG', 'RETENTION is no duration; write one such as 400d.');
  return {
    data: settings.TROPA_DATA,
    mongodbUrl: settings.MONGODB_URL ?? null,
    redisUrl: settings.REDIS_URL ?? null,
    tracesTo: settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    workspace: settings.TROPA_WORKSPACE,
    port: settings.PORT,
    host: settings.HOST,
    publicUrl: settings.PUBLIC_URL?.replace(/\/$/, '') ?? null,
    secret: settings.TROPA_SECRET ?? null,
    logLevel: settings.LOG_LEVEL,
    retention,
    metricsToken: settings.METRICS_TOKEN ?? null,
    oidc: oidcOf(settings),
    testClock: testClockOf(settings, env),
    underTest: env.NODE_ENV === 'test',
    testReach: testReachOf(settings, env),
    loopback: LOOPBACK.test(settings.HOST),
    env,
  };
}

type Settings = z.infer<typeof SETTINGS>;

function parseSettings(env: Env, flags: { data?: string; workspace?: string }): Settings {
  const given = {
    ...env,
    ...(flags.data !== undefined && { TROPA_DATA: flags.data }),
    ...(flags.workspace !== undefined && { TROPA_WORKSPACE: flags.workspace }),
  };
  const named = Object.fromEntries(
    Object.entries(given).filter(([name, value]) => name in SETTINGS.shape && value !== ''),
  );
  const read = SETTINGS.safeParse(named);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new TropaError(
      'E_CONFIG',
      `${String(issue?.path[0])} ${issue?.message ?? 'is wrong'}. Mend it in the environment, or leave it out for its default.`,
    );
  }
  if (read.data.REDIS_URL !== undefined && read.data.MONGODB_URL === undefined)
    throw new TropaError(
      'E_CONFIG',
      'REDIS_URL is set without MONGODB_URL: on the embedded store nobody needs to be told. Set both, or unset it.',
    );
  return read.data;
}

/** A provider is named whole, or not at all; a role is given to nobody's newcomers. */
function oidcOf(settings: Settings): OidcConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = settings;
  const { OIDC_ROLE: role = null, OIDC_DOMAINS: domains } = settings;
  if ((role === null) !== (domains === undefined))
    throw new TropaError(
      'E_CONFIG',
      'OIDC_ROLE and OIDC_DOMAINS go together: what newcomers become, and of which domains.',
    );
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined)
    return { issuer, clientId, clientSecret, role, domains: domains?.toLowerCase().split(',') ?? [] };
  if (issuer === undefined && clientId === undefined && clientSecret === undefined && role === null) return null;
  throw new TropaError(
    'E_CONFIG',
    'Signing in by a provider needs OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET. Set all, or none.',
  );
}

/** The clock that tests move: never where anybody but a test could meet it. */
function testClockOf(settings: Settings, env: Env): boolean {
  if (settings.TROPA_TEST_CLOCK !== '1') return false;
  if (env.NODE_ENV === 'test' && LOOPBACK.test(settings.HOST)) return true;
  throw new TropaError(
    'E_TEST_CLOCK',
    'TROPA_TEST_CLOCK stops the clock and is for tests alone: it needs NODE_ENV=test and a loopback HOST. Unset it.',
  );
}

/** What lets the guarded client into the house: never where anybody but a test could meet it (P23). */
function testReachOf(settings: Settings, env: Env): string[] {
  if (settings.TROPA_TEST_REACH === undefined) return [];
  if (env.NODE_ENV === 'test' && LOOPBACK.test(settings.HOST)) return settings.TROPA_TEST_REACH.split(',');
  throw new TropaError(
    'E_CONFIG',
    'TROPA_TEST_REACH opens machines near by to addresses that customers type, and is for tests alone: it needs NODE_ENV=test and a loopback HOST. Unset it.',
  );
}

/** A setting that is almost one of ours was meant to be it; names of one's own, for `${NAME}`, are left alone. */
function refuseUnknown(env: Env): void {
  const known = Object.keys(SETTINGS.shape);
  for (const name of Object.keys(env)) {
    if (!name.startsWith('TROPA_') || known.includes(name) || name === 'TROPA_FAILPOINT') continue;
    const near = suggest(name, known);
    if (near !== null) throw new TropaError('E_CONFIG', `There is no setting ${name}. Did you mean ${near}?`);
  }
}
