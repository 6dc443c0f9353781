// Email over SMTP under the contract of channels, against a real server.

import { type MailServer, startMailServer } from '../../engine/testing/mail-server.ts';
import { type ChannelRig, channelContract } from '../channel.contract.ts';
import { createSmtp } from './smtp.ts';

const ADDRESSES = { publicUrl: 'https://t.lumen.example', bounces: () => null, replies: () => null };

async function start(): Promise<ChannelRig> {
  let server: MailServer = await startMailServer();
  const { port } = server;
  const taken = () => server.taken;
  let before: readonly string[] = [];
  const ids = () => taken().map(({ raw }) => /^Message-ID: <([^@]+)@/im.exec(raw)?.[1] ?? '');
  const channel = createSmtp(
    {
      name: 'email',
      options: { url: `smtp://127.0.0.1:${port}`, from: 'hello@lumen.example' },
      patience: { connect: 1_000, silence: 700, idle: 5_000 },
    },
    { brand: 'Lumen', addresses: ADDRESSES },
  );
  return {
    channel,
    taken: async () => [...before, ...ids()],
    // What bounces comes back as a mail of its own.
    receipts: async () => [],
    pass: () => undefined,
    reachable: async (yes) => {
      if (!yes) {
        before = [...before, ...ids()];
        await server.close();
      } else server = await startMailServer({}, port);
    },
    stop: async () => {
      await channel.close();
      await server.close();
    },
  };
}

channelContract('email over SMTP', {
  name: 'email',
  recipients: {
    takes: 'anna@example.com',
    refuses: 'nobody@example.com',
    hangsUp: 'hangup-end@example.com',
    asksToWait: 'grey+anna@example.com',
    bounces: null,
  },
  start,
});
