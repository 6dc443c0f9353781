// A real SMTP server in every mood: it treats each recipient as the address says, and keeps what it took.

import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

export interface MailServer {
  readonly port: number;
  readonly taken: readonly TakenMail[];
  /** Connections since it began. */
  readonly connections: number;
  /** The most mails that were under way at once. */
  readonly crowd: number;
  /** The same of one recipient domain. */
  crowdOf(domain: string): number;
  close(): Promise<void>;
}

/** `address: reply` at RCPT TO; a reply of 250 takes it. Other moods by the words before the @. */
const REPLIES: Readonly<Record<string, readonly [number, string]>> = {
  nobody: [550, '5.1.1 <nobody> user unknown'],
  moved: [551, 'user not local'],
  spam: [550, '5.7.1 message refused by policy'],
  full: [552, '5.2.2 mailbox full'],
  busy: [451, '4.3.0 try again later'],
  gone421: [421, '4.3.2 closing'],
};

export interface MailServerOptions extends SMTPServerOptions {
  /** How long it takes over a mail, in milliseconds. */
  readonly slow?: number;
}

/** Starts one on this machine, on a free port unless told. It takes any login but `wrong`, and greylists `grey…` once. */
export async function startMailServer(options: MailServerOptions = {}, port = 0): Promise<MailServer> {
  const state = { taken: [] as TakenMail[], connections: 0, crowd: 0, inside: 0 };
  const greyed = new Set<string>();
  const domains = crowds();
  const { slow = 0, ...rest } = options;
  const server: SMTPServer = new SMTPServer({
    logger: false,
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect(_session, done) {
      state.connections += 1;
      done();
    },
    onAuth({ password }, _session, done) {
      if (password === 'wrong') done(replyOf(535, '5.7.8 authentication failed'));
      else done(null, { user: 'tropa' });
    },
    onRcptTo({ address }, session, done) {
      const mood = address.split('@')[0] ?? '';
      if (mood === 'hangup-rcpt') return socketOf(server, session)?.destroy();
      const reply = REPLIES[mood];
      if (reply !== undefined) return done(replyOf(...reply));
      if (mood.startsWith('grey') && !greyed.has(address)) {
        greyed.add(address);
        return done(replyOf(450, '4.7.1 greylisted, come again'));
      }
      done();
    },
    onData(stream, session, done) {
      const mood = session.envelope.rcptTo[0]?.address.split('@')[0] ?? '';
      state.inside += 1;
      state.crowd = Math.max(state.crowd, state.inside);
      const domain = session.envelope.rcptTo[0]?.address.split('@')[1] ?? '';
      const leave = domains.enter(domain);
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => {
        parts.push(part);
        if (mood === 'hangup-data') socketOf(server, session)?.destroy();
      });
      stream.on('end', () => {
        state.inside -= 1;
        const mail = () =>
          state.taken.push({
            from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
            to: session.envelope.rcptTo.map(({ address }) => address),
            raw: Buffer.concat(parts).toString('latin1'),
          });
        if (mood === 'content') return done(replyOf(554, '5.6.0 the content is refused'));
        if (mood === 'late') return done(replyOf(451, '4.3.0 not now'));
        if (mood === 'hangup-end') {
          mail();
          return socketOf(server, session)?.destroy();
        }
        if (mood === 'silent') return void mail();
        setTimeout(() => {
          leave();
          mail();
          done();
        }, slow);
      });
    },
    ...rest,
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', () => done()));
  const address = server.server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get taken() {
      return state.taken;
    },
    get connections() {
      return state.connections;
    },
    get crowd() {
      return state.crowd;
    },
    crowdOf: (domain) => domains.most(domain),
    close: () => new Promise((done) => server.close(() => done())),
  };
}

/** How many were inside at once, by name. */
function crowds() {
  const inside = new Map<string, number>();
  const most = new Map<string, number>();
  return {
    enter(name: string): () => void {
      const now = (inside.get(name) ?? 0) + 1;
      inside.set(name, now);
      most.set(name, Math.max(now, most.get(name) ?? 0));
      return () => void inside.set(name, (inside.get(name) ?? 1) - 1);
    },
    most: (name: string): number => most.get(name) ?? 0,
  };
}

function replyOf(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** The socket of a session, to be cut off as a broken network would. */
function socketOf(server: SMTPServer, session: SMTPServerSession): Socket | undefined {
  for (const connection of server.connections as unknown as Iterable<{
    id?: string;
    session?: { id: string };
    _socket: Socket;
  }>)
    if (connection.id === session.id || connection.session?.id === session.id) return connection._socket;
  return undefined;
}
