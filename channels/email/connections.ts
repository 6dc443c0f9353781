// Connections to one SMTP server: a few, kept open while there is mail, each carrying one mail at a time.

import type { Writable } from 'node:stream';
import SmtpConnection from 'nodemailer/lib/smtp-connection';
import type { Mail } from './mail.ts';
import type { Failure, Phase } from './outcome.ts';
import type { SmtpSettings } from './settings.ts';

/** Real milliseconds that are waited for. RFC 5321 section 4.5.3.2 would have minutes more; these keep a sender moving. */
export interface Patience {
  readonly connect: number;
  /** Silence of the server, also after the last byte of a mail. */
  readonly silence: number;
  /** After so long without mail a connection is closed, before the server does. */
  readonly idle: number;
}

const PATIENCE: Patience = { connect: 15_000, silence: 120_000, idle: 20_000 };
/** Servers limit how many mails one connection brings. */
const MAILS_A_CONNECTION = 100;

/** A failure on the way to the server or in talking to it. */
export class SmtpFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super('a mail was not taken');
    this.failure = failure;
  }
}

interface Line {
  readonly connection: SmtpConnection;
  mails: number;
  idleSince: number;
  /** Had carried a mail before: the server may have closed it meanwhile. */
  used: boolean;
}

export class Connections {
  readonly #settings: SmtpSettings;
  readonly #patience: Patience;
  readonly #idle: Line[] = [];
  readonly #waiting: (() => void)[] = [];
  #open = 0;
  #sweep: NodeJS.Timeout | null = null;

  constructor(settings: SmtpSettings, patience: Patience = PATIENCE) {
    this.#settings = settings;
    this.#patience = patience;
  }

  /** Hands one mail over; answers the server's words for it. Throws `SmtpFailure`. */
  async send(mail: Mail): Promise<string> {
    await this.#enter();
    try {
      for (;;) {
        const line = this.#takeIdle() ?? (await this.#connect());
        try {
          const said = await talk(line.connection, mail);
          this.#keep(line);
          return said;
        } catch (error) {
          this.#after(line, error);
          // A server that hung up between two mails has taken nothing of the second: it is told again, on a new line.
          if (!(line.used && hungUp(error))) throw error;
        }
      }
    } finally {
      this.#leave();
    }
  }

  /** Connects and logs in, and hangs up. Throws `SmtpFailure`. */
  async probe(): Promise<void> {
    (await this.#connect()).connection.quit();
  }

  close(): void {
    if (this.#sweep !== null) clearInterval(this.#sweep);
    this.#sweep = null;
    for (const { connection } of this.#idle.splice(0)) connection.quit();
  }

  async #enter(): Promise<void> {
    if (this.#open < this.#settings.connections) this.#open += 1;
    else await new Promise<void>((go) => this.#waiting.push(go));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#open -= 1;
    else next();
  }

  #takeIdle(): Line | undefined {
    for (let line = this.#idle.pop(); line !== undefined; line = this.#idle.pop()) {
      const { connection } = line;
      if (!connection.destroyed && performance.now() - line.idleSince < this.#patience.idle) return line;
      connection.quit();
    }
    return undefined;
  }

  #keep(line: Line): void {
    line.mails += 1;
    line.used = true;
    if (line.mails >= MAILS_A_CONNECTION || line.connection.destroyed) {
      line.connection.quit();
      return;
    }
    line.idleSince = performance.now();
    this.#idle.push(line);
    this.#sweep ??= setInterval(() => this.#closeIdle(), this.#patience.idle).unref();
  }

  #closeIdle(): void {
    const old = this.#idle.filter(({ idleSince }) => performance.now() - idleSince >= this.#patience.idle);
    for (const line of old) {
      this.#idle.splice(this.#idle.indexOf(line), 1);
      line.connection.quit();
    }
  }

  /** A mail that was refused leaves its line as good as new once that is reset; anything else ends it. */
  #after(line: Line, error: unknown): void {
    const reply = error instanceof SmtpFailure ? error.failure.reply : null;
    if (reply === null || reply === 421 || line.connection.destroyed) {
      line.connection.close();
      return;
    }
    line.connection.reset((failed) => {
      if (failed === null || failed === undefined) this.#keep(line);
      else line.connection.close();
    });
  }

  #connect(): Promise<Line> {
    const { host, port, secure, mustEncrypt, login } = this.#settings;
    const { connect, silence } = this.#patience;
    const connection = new SmtpConnection({
      host,
      port,
      secure,
      requireTLS: mustEncrypt && !secure,
      opportunisticTLS: !mustEncrypt,
      connectionTimeout: connect,
      greetingTimeout: connect,
      dnsTimeout: connect,
      socketTimeout: silence,
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: mustEncrypt },
    });
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        connection.close();
        reject(failed('connect', error));
      };
      connection.once('error', fail);
      const ready = (): void => {
        connection.off('error', fail);
        // Between two mails nobody else listens: a line that breaks then is found out by the next mail.
        connection.on('error', () => undefined);
        resolve({ connection, mails: 0, idleSince: performance.now(), used: false });
      };
      connection.connect((error) => {
        if (error) return fail(error);
        if (login === null) return ready();
        connection.login({ type: 'LOGIN', credentials: { user: login.user, pass: login.pass } }, (refused) =>
          refused ? fail(refused) : ready(),
        );
      });
    });
  }
}

const hungUp = (error: unknown): boolean =>
  error instanceof SmtpFailure &&
  error.failure.phase === 'envelope' &&
  (error.failure.reply === null || error.failure.reply === 421);

/** One mail over an open line. How far it came shows in how much of it was taken. */
function talk(connection: SmtpConnection, { from, to, raw }: Mail): Promise<string> {
  return new Promise((resolve, reject) => {
    let phase: Phase = 'envelope';
    // As much of a stream as nodemailer wants where nothing can fail: the mail is whole already.
    const content = {
      pipe(line: Writable) {
        phase = 'content';
        // Everything was read: from here on the last dot may have been written.
        const finish = (): void => {
          phase = 'end';
          line.end();
        };
        if (line.write(raw)) finish();
        else line.once('drain', finish);
      },
    };
    const fail = (error: unknown): void => {
      connection.off('error', fail);
      reject(failed(phase, error));
    };
    connection.once('error', fail);
    connection.send({ from, to: [to], size: raw.length }, content as never, (error, info) => {
      connection.off('error', fail);
      if (error) reject(failed(phase, error));
      else resolve(info?.response ?? '');
    });
  });
}

/** What nodemailer says of a failure, reduced to what decides; its message may quote addresses. */
function failed(phase: Phase, error: unknown): SmtpFailure {
  const told = (error ?? {}) as { code?: unknown; command?: unknown; responseCode?: unknown; response?: unknown };
  const words = typeof told.response === 'string' ? told.response : '';
  return new SmtpFailure({
    phase,
    code: typeof told.code === 'string' ? told.code : '',
    command: typeof told.command === 'string' ? told.command : '',
    reply: typeof told.responseCode === 'number' ? told.responseCode : null,
    status: /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(words)?.[1] ?? null,
    words: words.toLowerCase().slice(0, 500),
  });
}
