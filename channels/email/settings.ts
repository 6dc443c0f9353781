// What an email sender is told in tropa.yaml, read and judged once when it is opened.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type Json, type JsonObject, TropaError } from '../../engine/ports/channel.ts';
import { type Mailbox, readMailbox } from './mailbox.ts';

/** Providers that take SMTP and call back about each mail; each finds the message by a header of its own. */
export const SERVICES = ['ses', 'sendgrid', 'mailgun', 'postmark'] as const;
export type Service = (typeof SERVICES)[number];

export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly key: KeyObject;
}

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (port 465). */
  readonly secure: boolean;
  /** Whether the connection must be encrypted before anything is said. */
  readonly mustEncrypt: boolean;
  readonly login: { readonly user: string; readonly pass: string } | null;
  readonly from: Mailbox | null;
  readonly dkim: DkimKey | null;
  /** Connections at once. */
  readonly connections: number;
  /** Messages at once to one recipient domain. */
  readonly perDomain: number;
  /** Messages a second, or null. */
  readonly perSecond: number | null;
  readonly service: Service | null;
}

const HOSTS: readonly (readonly [RegExp, Service])[] = [
  [/(^|\.)amazonaws\.com$/i, 'ses'],
  [/(^|\.)sendgrid\.net$/i, 'sendgrid'],
  [/(^|\.)mailgun\.org$/i, 'mailgun'],
  [/(^|\.)postmarkapp\.com$/i, 'postmark'],
];
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads the options of a sender with `provider: smtp`. Throws TropaError `E_SETTINGS`, which never quotes a secret. */
export function readSmtpSettings(name: string, options: JsonObject): SmtpSettings {
  const wrong = (what: string): TropaError => new TropaError('E_SETTINGS', `The sender "${name}": ${what}`);
  const url = addressOf(text(options.url), wrong);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'smtps:' || url.port === '465';
  const from = text(options.from);
  const mailbox = from === null ? null : readMailbox(from);
  if (from !== null && mailbox === null) throw wrong('"from" is one mailbox, such as "Lumen <hello@lumen.example>".');
  return {
    host,
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    mustEncrypt: mustEncrypt(text(options.tls), host, wrong),
    login: loginOf(url),
    from: mailbox,
    dkim: options.dkim === undefined ? null : dkimOf(options.dkim, wrong),
    connections: countOf(options.connections, 5, '"connections"', wrong),
    perDomain: countOf(options.per_domain, Number.POSITIVE_INFINITY, '"per_domain"', wrong),
    perSecond: perSecond(text(options.rate)),
    service: serviceOf(text(options.service), host, wrong),
  };
}

type Wrong = (what: string) => TropaError;
const text = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);

function addressOf(told: string | null, wrong: Wrong): URL {
  const url = told === null || !URL.canParse(told) ? null : new URL(told);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw wrong('"url" is an address such as smtp://user:password@smtp.example.com:587.');
  return url;
}

function loginOf({ username, password }: URL): SmtpSettings['login'] {
  return username === '' ? null : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}

/** Mail and password go over the network in clear only where somebody says so, or where there is no network. */
function mustEncrypt(told: string | null, host: string, wrong: Wrong): boolean {
  if (told === null) return !(host === 'localhost' || (isIP(host) !== 0 && /^(127\.|::1$)/.test(host)));
  if (told !== 'required' && told !== 'optional') throw wrong('"tls" is required or optional.');
  return told === 'required';
}

function serviceOf(told: string | null, host: string, wrong: Wrong): Service | null {
  if (told === null) return HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? null;
  if (told === 'none') return null;
  const service = SERVICES.find((one) => one === told);
  if (service === undefined) throw wrong(`"service" is one of ${SERVICES.join(', ')}, or none.`);
  return service;
}

function countOf(told: Json | undefined, otherwise: number, what: string, wrong: Wrong): number {
  if (told === undefined) return otherwise;
  const count = Number(told);
  if (!Number.isInteger(count) || count < 1 || count > 100) throw wrong(`${what} is a whole number from 1 to 100.`);
  return count;
}

function perSecond(rate: string | null): number | null {
  const [, count, unit = 's'] = /^(\d+)\/([smhd])$/.exec(rate ?? '') ?? [];
  return count === undefined ? null : Number(count) / (SECONDS[unit] ?? 1);
}

function dkimOf(told: Json, wrong: Wrong): DkimKey {
  const given: JsonObject = told !== null && typeof told === 'object' && !Array.isArray(told) ? told : {};
  const [domain, selector, key, file] = [given.domain, given.selector, given.key, given.key_file].map(text);
  if (domain == null || selector == null || (key == null) === (file == null))
    throw wrong('"dkim" needs domain, selector, and either key (a PEM text) or key_file (a path).');
  try {
    // A PEM in an environment variable often has its line ends written out.
    return { domain, selector, key: createPrivateKey(key?.replace(/\\n/g, '\n') ?? readFileSync(file ?? '')) };
  } catch {
    throw wrong(
      `the private key of "dkim" cannot be read${file == null ? '' : ` from ${file}`}. It is a PEM of an RSA key.`,
    );
  }
}
