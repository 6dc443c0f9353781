// Web push under the contract of channels, against a push service of our own.

import { createGuardedFetch } from '../../engine/runtime/guarded-fetch.ts';
import { messageTo, pushSender } from '../../engine/testing/push-messages.ts';
import { type PushService, type Subscription, startPushService } from '../../engine/testing/push-service.ts';
import { channelContract, type Recipients } from '../channel.contract.ts';

import { createWebPush } from './web-push.ts';

/** The contract names recipients by their address; devices have keys too, which are found by it here. */
const RECIPIENTS: Recipients = {
  takes: 'device:takes',
  refuses: 'device:gone',
  hangsUp: 'device:broken',
  asksToWait: 'device:busy',
  bounces: null,
};

async function start() {
  const service: PushService = await startPushService();
  const guarded = createGuardedFetch({ allow: [service.place] });
  const devices = new Map<string, Subscription>([
    ['device:takes', service.subscribe('takes')],
    ['device:gone', service.subscribe('gone')],
    ['device:broken', service.subscribe('broken')],
    ['device:busy', service.subscribe('busy')],
  ]);
  const keys = service.subscribe().keys;
  const channel = createWebPush(pushSender(), {
    now: () => Date.parse('2026-03-02T09:00:00Z'),
    guarded,
    reports: (message) => `https://t.lumen.example/push/report/${message}`,
    target: () => null,
  });
  return {
    channel: {
      ...channel,
      send: (messages: Parameters<typeof channel.send>[0]) =>
        channel.send(
          messages.map((message) => messageTo(message, devices.get(message.to) ?? { endpoint: message.to, keys })),
        ),
    },
    taken: async () => service.taken.map(({ payload }) => String(payload.id)),
    receipts: async () => [],
    pass: () => undefined,
    reachable: (yes: boolean) => service.reachable(yes),
    stop: async () => {
      await channel.close();
      await guarded.close();
      await service.close();
    },
  };
}

channelContract('web push', { name: 'push', recipients: RECIPIENTS, start });
