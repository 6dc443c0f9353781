// The links inside messages: signed, so that nobody can guess one, move it to another message or person, or make it
// lead elsewhere (P24). What following a link does is `http/tracking.ts`.

import { createHmac, timingSafeEqual } from 'node:crypto';

export type LinkKind = 'open' | 'click' | 'unsubscribe' | 'browser' | 'confirm' | 'report' | 'short';

/** What a link of ours says about itself. `url` is there for clicks alone. */
interface LinkTarget {
  readonly message: string;
  readonly url?: string;
  /** Of a short link: which one of the message's. */
  readonly n?: number;
}

export interface Links {
  /** Address of the open pixel. */
  open(message: string): string;
  /**
   * Address that counts the click and leads on to `url`. Only http and https are counted: `mailto:`, `tel:` and `sms:`
   * are given back as they are, anything else becomes `#`.
   */
  click(message: string, url: string): string;
  /** A short address for the `n`th link of a text message (0 to 255); where it leads stands in the ledger. */
  short(message: string, n: number): string;
  /** Address of the unsubscribe page; a POST to it is RFC 8058's one-click. */
  unsubscribe(message: string): string;
  /** Address of the preference centre: the same page. */
  preferences(message: string): string;
  /** Address of the message as a page. */
  browser(message: string): string;
  /** Address of the page where a yes is confirmed (double opt-in). */
  confirm(message: string): string;
  /** Address where a service worker tells what became of a push message. */
  report(message: string): string;
  /** What a token of this kind says, or null when we did not sign exactly this for exactly this kind. */
  read(kind: LinkKind, token: string): LinkTarget | null;
}

const PATHS: Readonly<Record<LinkKind, string>> = {
  open: 'o',
  click: 'c',
  unsubscribe: 'u',
  browser: 'b',
  confirm: 'y',
  report: 'push/report',
  short: 's',
};
/** 128 bits of HMAC-SHA256, which is what RFC 2104 section 5 still calls safe, keep addresses short enough for mail. */
const MAC_BYTES = 16;
/** In a text message each character costs; 64 bits cannot be guessed over HTTP, and a guess leads only where we do. */
const SHORT_MAC_BYTES = 8;
const macBytes = (kind: LinkKind): number => (kind === 'short' ? SHORT_MAC_BYTES : MAC_BYTES);
const HEX_ID = 1;
const TEXT_ID = 0;

/** Links under `publicUrl`, signed by keys derived from `secret`, one a kind: an open token is no unsubscribe token. */
export function createLinks(secret: string, publicUrl: string): Links {
  const base = publicUrl.replace(/\/+$/, '');
  const keys = new Map<LinkKind, Buffer>();
  const keyOf = (kind: LinkKind): Buffer => {
    const key = keys.get(kind) ?? createHmac('sha256', secret).update(`tropa link ${kind}`).digest();
    keys.set(kind, key);
    return key;
  };
  const sign = (kind: LinkKind, payload: Buffer): Buffer =>
    createHmac('sha256', keyOf(kind)).update(payload).digest().subarray(0, macBytes(kind));
  const link = (kind: LinkKind, message: string, url: string | Buffer = ''): string => {
    const payload = Buffer.concat([packId(message), typeof url === 'string' ? Buffer.from(url, 'utf8') : url]);
    return `${base}/${PATHS[kind]}/${Buffer.concat([sign(kind, payload), payload]).toString('base64url')}`;
  };
  return {
    open: (message) => link('open', message),
    click: (message, url) => {
      const target = webAddress(url);
      if (target !== null) return link('click', message, target);
      return /^(mailto|tel|sms):/i.test(url.trim()) ? url : '#';
    },
    short: (message, n) => link('short', message, Buffer.from([n])),
    unsubscribe: (message) => link('unsubscribe', message),
    preferences: (message) => link('unsubscribe', message),
    browser: (message) => link('browser', message),
    confirm: (message) => link('confirm', message),
    report: (message) => link('report', message),
    read: (kind, token) => {
      const bytes = Buffer.from(token, 'base64url');
      // One token, one spelling: stray bits or characters that decoding forgives are tampering too.
      const mac = macBytes(kind);
      if (bytes.length <= mac || bytes.toString('base64url') !== token) return null;
      const payload = bytes.subarray(mac);
      if (!timingSafeEqual(bytes.subarray(0, mac), sign(kind, payload))) return null;
      return unpack(kind, payload);
    },
  };
}

/** An http or https address in its normal spelling, or null for anything else. */
function webAddress(text: string): string | null {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

/** Ids that decisions mint are 32 hex digits and travel as 16 bytes; any other id as counted text. */
function packId(message: string): Buffer {
  if (/^[0-9a-f]{32}$/.test(message)) return Buffer.concat([Buffer.from([HEX_ID]), Buffer.from(message, 'hex')]);
  const text = Buffer.from(message, 'utf8');
  if (text.length > 255) throw new RangeError('A message id has 255 bytes at most.');
  return Buffer.concat([Buffer.from([TEXT_ID, text.length]), text]);
}

function unpack(kind: LinkKind, payload: Buffer): LinkTarget | null {
  const hex = payload[0] === HEX_ID;
  const [from, length] = hex ? [1, 16] : [2, payload[1] ?? 0];
  if (payload.length < from + length) return null;
  const message = payload.subarray(from, from + length).toString(hex ? 'hex' : 'utf8');
  const rest = payload.subarray(from + length);
  if (kind === 'short') return rest.length === 1 ? { message, n: rest[0] ?? 0 } : null;
  if (kind !== 'click') return rest.length === 0 ? { message } : null;
  const url = webAddress(rest.toString('utf8'));
  return url === null ? null : { message, url };
}
