// The one client for outgoing HTTP to addresses that somebody typed. The address is judged when it is connected to, and
// the very address that was judged is the one connected to: a name that answers differently the second time gains
// nothing. Redirects are answered and never followed (P23).

import { lookup as systemLookup } from 'node:dns';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { Agent, buildConnector } from 'undici';
import type { GuardedAnswer, GuardedFetch, GuardedRequest } from '../ports/guarded.ts';
import { hostOf, isNearHost, isPublicAddress, typedAddress } from './public-address.ts';

export interface GuardOptions {
  /**
   * `host:port` that may be asked wherever it leads, by http too: an operator's gateway in the house, a test's server.
   * The port is always written, also 80 and 443.
   */
  readonly allow?: readonly string[];
  /** Connections to one host at once; 64 unless told. */
  readonly connections?: number;
  /** Until a connection must stand, in milliseconds; 10 s unless told. */
  readonly connectTimeout?: number;
  /** Certificates trusted besides the system's: an in-house gateway's. */
  readonly ca?: string;
  /** Who resolves names; the system unless told. */
  readonly lookup?: typeof systemLookup;
}

type Found = { readonly address: string; readonly family: number };
type Fault = Extract<GuardedAnswer, { ok: false }>;

const TIMEOUT = 30_000;
const LIMIT = 1024 * 1024;
const NOT_PUBLIC = 'its address is not on the public internet';

/** An address that must not be reached. */
class Forbidden extends Error {}

/** A client with its own connections, kept alive between requests. */
export function createGuardedFetch(options: GuardOptions = {}): GuardedFetch {
  const allowed = new Set((options.allow ?? []).map((entry) => entry.toLowerCase()));
  const agent = new Agent({
    connect: guardedConnector(options, allowed),
    connections: options.connections ?? 64,
    pipelining: 1,
    // Ours alone decides how long an answer may take.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let closing: Promise<void> | null = null;
  return {
    ask: (request) => {
      if (closing !== null) return Promise.resolve(fault('unreachable', 'the client is closed'));
      const url = typedAddress(request.url);
      if (typeof url === 'string') return Promise.resolve(fault('forbidden', url));
      const why = allowed.has(placeOf(url)) ? null : forbidden(url, request.secure === true);
      if (why !== null) return Promise.resolve(fault('forbidden', why));
      return new Exchange(agent, url, request).answer;
    },
    close: () => {
      closing ??= agent.close();
      return closing;
    },
  };
}

/** Why this is refused as it is written; what a name leads to is judged when it is connected to. */
function forbidden(url: URL, secure: boolean): string | null {
  if (secure && url.protocol !== 'https:') return 'not https';
  return isNearHost(url.hostname) ? NOT_PUBLIC : null;
}

/** `host:port`, as it stands in the list of allowed ones. */
function placeOf(url: Pick<URL, 'hostname' | 'port' | 'protocol'>): string {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return `${url.hostname}:${port}`.toLowerCase();
}

function fault(why: Fault['why'], detail: string, written = false, status?: number): Fault {
  return { ok: false, why, written, detail, ...(status !== undefined && { status }) };
}

/** Connects to public addresses alone, and to allowed places. */
function guardedConnector(options: GuardOptions, allowed: ReadonlySet<string>): buildConnector.connector {
  const shared = {
    timeout: options.connectTimeout ?? 10_000,
    ...(options.ca !== undefined && { ca: [...rootCertificates, options.ca] }),
  };
  const resolve = options.lookup ?? systemLookup;
  const freely = buildConnector({ ...shared, lookup: resolve } as buildConnector.BuildOptions);
  const guarded = buildConnector({ ...shared, lookup: publicLookup(resolve) } as buildConnector.BuildOptions);
  return (to, done) => {
    if (allowed.has(placeOf(to as Pick<URL, 'hostname' | 'port' | 'protocol'>))) return freely(to, done);
    const host = hostOf(to.hostname);
    // Addresses are connected to without being looked up.
    if (isIP(host) !== 0 && !isPublicAddress(host)) return done(new Forbidden(), null);
    guarded(to, (...[error, socket]: Parameters<typeof done>) => {
      if (error !== null) return done(error, null);
      if (isPublicAddress((socket as Socket).remoteAddress ?? '')) return done(null, socket as Socket);
      (socket as Socket).destroy();
      done(new Forbidden(), null);
    });
  };
}

/** A `lookup` for sockets that answers only with public addresses: the socket connects to what it is given here. */
function publicLookup(resolve: typeof systemLookup) {
  return (
    hostname: string,
    wanted: { all?: boolean },
    done: (error: Error | null, address: string | Found[], family?: number) => void,
  ): void => {
    resolve(hostname, { ...wanted, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const open = found.filter(({ address }) => isPublicAddress(address));
      const [first] = open;
      if (first === undefined) return done(new Forbidden(), []);
      if (wanted.all === true) done(null, open);
      else done(null, first.address, first.family);
    });
  };
}

/** One request and its answer; knows whether a byte of it has left. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<GuardedAnswer>;
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  #settle: (answer: GuardedAnswer) => void = () => undefined;
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #over = false;
  #size = 0;
  #status: number | undefined;
  #headers: Record<string, string> = {};

  constructor(agent: Agent, url: URL, request: GuardedRequest) {
    this.#limit = request.limit ?? LIMIT;
    this.answer = new Promise((done) => {
      this.#settle = done;
    });
    this.#timer = setTimeout(() => this.#end('silent', 'no answer in time'), request.timeout ?? TIMEOUT);
    try {
      agent.dispatch(
        {
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: request.method,
          headers: { ...request.headers },
          ...(request.body !== undefined && { body: request.body }),
        },
        this,
      );
    } catch {
      this.#end('unreachable', 'the request cannot be written');
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Its time ran out while it waited for a connection: it is not written any more.
    if (this.#over) controller.abort(new Error('too late'));
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) this.#headers[name] = [value ?? ''].flat().join(', ');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limit) this.#end('too_large', `an answer of more than ${this.#limit} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const { length } = this.#chunks;
    const body = length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#finish({ ok: true, status: this.#status ?? 0, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (error instanceof Forbidden) this.#end('forbidden', NOT_PUBLIC);
    else if (this.#controller === null) this.#end('unreachable', wordsOf(error));
    else this.#end('silent', `no whole answer (${wordsOf(error)})`);
  }

  #end(why: Fault['why'], detail: string): void {
    const controller = this.#controller;
    this.#finish(fault(why, detail, controller !== null, this.#status));
    controller?.abort(new Error(why));
  }

  #finish(answer: GuardedAnswer): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#settle(answer);
  }
}

/** The code of an error; its message may name the address. */
function wordsOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[A-Z0-9_]{3,60}$/.test(code) ? code : 'no connection';
}
