// A small SMTP server for what comes back: mail to our signed return addresses, and to nobody else. It is acknowledged only
// when what it says is durable (I2).

import { SMTPServer } from 'smtp-server';
import type { Heard, Instant } from '../../../engine/ports/channel.ts';
import { header, readMail } from '../bounces/mime.ts';
import { readReturnedMail } from '../bounces/read.ts';
import type { SignedAddresses } from './addresses.ts';
import { replyText } from './reply.ts';

export interface InboundParts {
  readonly port: number;
  readonly host?: string;
  readonly addresses: SignedAddresses;
  readonly now: () => Instant;
  /** Durable on return. */
  readonly heard: (heard: readonly Heard[]) => Promise<void>;
}

export interface InboundListener {
  readonly port: number;
  close(): Promise<void>;
}

const MOST_BYTES = 1024 * 1024;
const MOST_CLIENTS = 50;
const PATIENCE = 60_000;

/** Listens until it is closed. Rejects where the port is taken. */
export async function listenForMail({ port, host, addresses, now, heard }: InboundParts): Promise<InboundListener> {
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: ['AUTH'],
    disableReverseLookup: true,
    banner: 'returned mail',
    size: MOST_BYTES,
    maxClients: MOST_CLIENTS,
    socketTimeout: PATIENCE,
    closeTimeout: 2_000,
    onRcptTo({ address }, _session, done) {
      if (addresses.read(address) === null) return done(refusal(550, '5.1.1 no such address here'));
      done();
    },
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      let size = 0;
      stream.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= MOST_BYTES) parts.push(part);
      });
      stream.on('end', () => {
        if (size > MOST_BYTES) return done(refusal(552, '5.3.4 the mail is too large'));
        const told = envelope.rcptTo.flatMap(({ address }) => heardIn(Buffer.concat(parts), address, addresses, now()));
        heard(told).then(
          () => done(),
          () => done(refusal(451, '4.3.0 come again later')),
        );
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((listening, failed) => {
    server.server.once('error', failed);
    server.listen(port, host, () => {
      server.server.off('error', failed);
      listening();
    });
  });
  const address = server.server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** What one mail to one of our addresses says about its message. */
function heardIn(bytes: Uint8Array, to: string, addresses: SignedAddresses, at: Instant): Heard[] {
  const target = addresses.read(to);
  if (target === null) return [];
  const { message } = target;
  const { bounces } = readReturnedMail(bytes);
  // The signed address says which message it is; whom the mail is about may be another name of the same person.
  const about = { channel: 'email' as const, message, address: null, at };
  const [worst] = ['complaint', 'hard', 'soft'].flatMap((one) => bounces.filter((bounce) => bounce.class === one));
  const name = header(readMail(bytes), 'message-id').slice(0, 300);
  if (worst !== undefined) {
    const kind = KINDS[worst.class] ?? 'soft_bounced';
    // A mail whose acknowledgement got lost is brought again, and has bounced once.
    return [{ ...about, kind, reason: worst.reason, ...(kind === 'soft_bounced' && name !== '' && { id: name }) }];
  }
  if (bounces.some((bounce) => bounce.class === 'delivered')) return [{ ...about, kind: 'delivered' }];
  const isProgram = bounces.some((bounce) => bounce.class === 'auto-reply');
  if (target.kind !== 'reply' || isProgram) return [];
  return [{ ...about, kind: 'replied', value: replyText(readMail(bytes)), ...(name !== '' && { id: name }) }];
}

const KINDS: Readonly<Record<string, Heard['kind']>> = {
  hard: 'bounced',
  soft: 'soft_bounced',
  complaint: 'complained',
};
