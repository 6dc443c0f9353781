// Text messages by Twilio under the contract of channels.

import { ACCOUNT, NUMBERS, startTwilio, TOKEN, type TwilioFake } from '../../engine/testing/twilio-fake.ts';
import { type ChannelRig, channelContract } from '../channel.contract.ts';
import { createTwilio } from './twilio.ts';

async function start(): Promise<ChannelRig> {
  let fake: TwilioFake = await startTwilio();
  const port = Number(new URL(fake.url).port);
  let before: readonly string[] = [];
  const ids = () => fake.taken.map(({ StatusCallback = '' }) => new URL(StatusCallback).searchParams.get('m') ?? '');
  const channel = createTwilio(
    { name: 'sms', options: { account: ACCOUNT, token: TOKEN, from: '+12025550100', url: fake.url }, timeout: 500 },
    { addresses: { publicUrl: 'https://t.lumen.example' } },
  );
  return {
    channel,
    taken: async () => [...before, ...ids()],
    // What became of a message is told by callbacks, which the server takes.
    receipts: async () => [],
    pass: () => undefined,
    reachable: async (yes) => {
      if (yes) fake = await startTwilio(port);
      else {
        before = [...before, ...ids()];
        await fake.close();
      }
    },
    stop: async () => {
      await channel.close();
      await fake.close();
    },
  };
}

channelContract('text messages by Twilio', {
  name: 'sms',
  recipients: {
    takes: NUMBERS.takes,
    refuses: NUMBERS.invalid,
    hangsUp: NUMBERS.hangsUp,
    asksToWait: NUMBERS.slow,
    bounces: null,
  },
  start,
});
