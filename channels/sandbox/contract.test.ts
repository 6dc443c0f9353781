// The sandbox under the contract of channels, once for each channel it stands for.

import type { ChannelName, Receipt, SandboxMail } from '../../engine/ports/channel.ts';
import { type ChannelRig, channelContract, type Recipients } from '../channel.contract.ts';
import { createSandbox } from './sandbox.ts';

const RECIPIENTS: Readonly<Record<ChannelName, Recipients>> = {
  email: {
    takes: 'anna@example.com',
    refuses: 'refuse@example.com',
    hangsUp: 'die-after-taking@example.com',
    asksToWait: 'slow+anna@example.com',
    bounces: 'bounce@example.com',
  },
  sms: {
    takes: '+79161234567',
    refuses: '+15005550001',
    hangsUp: '+15005550005',
    asksToWait: '+15005550003',
    bounces: '+15005550002',
  },
  push: {
    takes: 'https://push.example/send/f81d4fae',
    refuses: 'https://push.example/send/refuse',
    hangsUp: 'https://push.example/send/die-before-answer',
    asksToWait: 'https://push.example/send/slow+anna',
    bounces: 'https://push.example/send/bounce',
  },
};

/** A host that keeps everything in memory and can be out of order. */
function start(name: ChannelName): ChannelRig {
  const mails: SandboxMail[] = [];
  const receipts: Receipt[] = [];
  let now = Date.parse('2026-03-02T09:00:00Z');
  let works = true;
  const sandbox = createSandbox({
    now: () => now,
    receipts: async (batch) => {
      receipts.push(...batch);
    },
    keepMail: async (mail) => {
      // As a real store would, answers only after other work had its turn.
      await new Promise(setImmediate);
      if (!works) throw new Error('the store is away');
      mails.push(mail);
    },
  });
  const channel = sandbox.channel(name);
  return {
    channel,
    taken: async () => mails.map((mail) => mail.id),
    receipts: async () => {
      await sandbox.idle();
      return receipts;
    },
    pass: (time: number) => {
      now += time;
    },
    reachable: (yes: boolean) => {
      works = yes;
    },
    stop: () => channel.close(),
  };
}

for (const name of ['email', 'sms', 'push'] as const) {
  channelContract(`sandbox for ${name}`, { name, recipients: RECIPIENTS[name], start: async () => start(name) });
}
