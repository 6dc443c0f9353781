// What every channel promises the engine, whatever its provider. Each folder under `channels/` runs this against its
// provider's fake (`channels.test.ts` sees to it); the fake treats a recipient as its address says.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Channel, ChannelName, Millis, Outgoing, Receipt, SendOutcome } from '../engine/ports/channel.ts';

/** Addresses by what the provider's fake does with them; null where the real provider never does that. */
export interface Recipients {
  /** Takes the message. */
  readonly takes: string;
  /** Will not take it, now or later: a 550, a permanent code, a 404. */
  readonly refuses: string;
  /** Goes silent when it may have taken it: closes after DATA, answers 500, times out. */
  readonly hangsUp: string;
  /** Surely does not take the first try and takes a later one: a 450, a 429 with Retry-After. */
  readonly asksToWait: string | null;
  /** Takes it and reports later that it could not be delivered. */
  readonly bounces: string | null;
}

/** A channel wired to its provider's fake. */
export interface ChannelRig {
  readonly channel: Channel;
  /** Ids of the messages the provider took, in the order of taking; one taken twice is there twice. */
  taken(): Promise<readonly string[]>;
  /** Every receipt handed in so far, once the provider has said all it has to say. */
  receipts(): Promise<readonly Receipt[]>;
  /** Moves the clock that `after` of a retry is counted on. */
  pass(time: Millis): Promise<void> | void;
  /** Makes the provider unreachable, or reachable again. */
  reachable(yes: boolean): Promise<void> | void;
  stop(): Promise<void>;
}

interface ChannelUnderContract {
  readonly name: ChannelName;
  readonly recipients: Recipients;
  start(): Promise<ChannelRig>;
}

/** A commercial message in the demonstration shop's words, ready to leave. */
export function outgoing(channel: ChannelName, id: string, to: string): Outgoing {
  const headers =
    channel === 'email'
      ? { subject: 'Your cart is waiting', from: 'Lumen <hello@lumen.example>' }
      : { title: 'Your cart is waiting', link: 'https://lumen.example/c/cart-token' };
  return {
    id,
    person: 'person-anna',
    channel,
    to,
    journey: 'abandoned-cart',
    step: 'reminder',
    template: 'reminder',
    locale: 'en',
    category: 'marketing',
    transactional: false,
    expires: null,
    devices: [],
    headers: channel === 'sms' ? {} : headers,
    actions: [],
    html: channel === 'email' ? '<p><a href="https://lumen.example/c/cart-token">Back to the cart</a></p>' : null,
    text: 'Back to the cart: https://lumen.example/c/cart-token',
    urls: {
      unsubscribe: 'https://lumen.example/u/token',
      preferences: 'https://lumen.example/u/token',
      browser: 'https://lumen.example/b/token',
    },
    at: Date.parse('2026-03-02T09:00:00Z'),
    attempt: 1,
  };
}

/** Runs the contract. `title` names the channel, and the provider where a channel has several. */
export function channelContract(title: string, subject: ChannelUnderContract): void {
  const { name, recipients } = subject;
  const to = (address: string, id: string): Outgoing => outgoing(name, id, address);
  let rig: ChannelRig;

  const sendOne = async (message: Outgoing): Promise<SendOutcome> => {
    const [outcome, ...more] = await rig.channel.send([message]);
    expect(more).toEqual([]);
    if (outcome === undefined) throw new Error('one message had no answer');
    return outcome;
  };
  const results = (outcomes: readonly SendOutcome[]): string[] => outcomes.map((outcome) => outcome.result);

  describe(`the contract of channels: ${title}`, () => {
    beforeEach(async () => {
      rig = await subject.start();
    });
    afterEach(async () => {
      await rig.stop();
    });

    test('answers each message once, in the order given, whatever became of its neighbours', async () => {
      const { takes, refuses, hangsUp } = recipients;
      const addresses = [takes, refuses, takes, hangsUp, takes, refuses, takes];
      const answers = await rig.channel.send(addresses.map((address, n) => to(address, `m${n}`)));
      expect(results(answers)).toEqual([
        'accepted',
        'refused',
        'accepted',
        'unknown',
        'accepted',
        'refused',
        'accepted',
      ]);
    });

    test('answers nothing to nothing', async () => {
      expect(await rig.channel.send([])).toEqual([]);
    });

    test('gives every message that was taken a provider id of its own', async () => {
      const answers = await rig.channel.send(['a', 'b', 'c'].map((id) => to(recipients.takes, id)));
      const ids = answers.map((answer) => (answer.result === 'accepted' ? answer.providerId : ''));
      expect(ids).not.toContain('');
      expect(new Set(ids).size).toBe(3);
    });

    test('hands an accepted message to the provider exactly once', async () => {
      const ids = ['a', 'b', 'c', 'd'];
      await rig.channel.send(ids.map((id) => to(recipients.takes, id)));
      expect([...(await rig.taken())].sort()).toEqual(ids);
    });

    test('keeps the answers of batches under way at once apart', async () => {
      const batches = [0, 1, 2, 3].map((batch) =>
        Array.from({ length: 25 }, (_, n) =>
          to(n % 5 === batch ? recipients.refuses : recipients.takes, `${batch}-${n}`),
        ),
      );
      const answers = await Promise.all(batches.map((batch) => rig.channel.send(batch)));
      const expected = batches.map((batch) => batch.map((m) => (m.to === recipients.refuses ? 'refused' : 'accepted')));
      expect(answers.map(results)).toEqual(expected);
      const accepted = batches.flat().filter((message) => message.to === recipients.takes);
      expect([...(await rig.taken())].sort()).toEqual(accepted.map((message) => message.id).sort());
    });

    test('refuses again what was refused, and the provider never has it', async () => {
      const message = to(recipients.refuses, 'no');
      for (const _ of [1, 2]) expect((await sendOne(message)).result).toBe('refused');
      expect(await rig.taken()).toEqual([]);
    });

    test('says why it refused without repeating the address', async () => {
      const outcome = await sendOne(to(recipients.refuses, 'no'));
      if (outcome.result !== 'refused') throw new Error(`answered ${outcome.result}`);
      expect(['address', 'content', 'provider']).toContain(outcome.why.kind);
      expect(outcome.why.detail).not.toBe('');
      expect(outcome.why.detail).not.toContain(recipients.refuses);
    });

    test.each([
      ['an empty address', () => ''],
      ['an address that brings a header along', () => `${recipients.takes}\r\nBcc: eve@example.com`],
    ])('P25 never hands over to %s, and its neighbours go on', async (_, address) => {
      const answers = await rig.channel.send([
        to(recipients.takes, 'a'),
        to(address(), 'bad'),
        to(recipients.takes, 'b'),
      ]);
      expect(results(answers)).toEqual(['accepted', 'refused', 'accepted']);
      expect([...(await rig.taken())].sort()).toEqual(['a', 'b']);
    });

    test('P06 says unknown when it cannot tell whether the provider took it, and does not try again by itself', async () => {
      const outcome = await sendOne(to(recipients.hangsUp, 'who-knows'));
      expect(outcome.result).toBe('unknown');
      expect((outcome.result === 'unknown' && outcome.why) || '').not.toBe('');
      expect(JSON.stringify(outcome)).not.toContain(recipients.hangsUp);
      expect((await rig.taken()).length).toBeLessThanOrEqual(1);
    });

    test('never throws while the provider is out of reach, claims nothing, and sends when it is back', async () => {
      await rig.reachable(false);
      const answers = await rig.channel.send([to(recipients.takes, 'a'), to(recipients.takes, 'b')]);
      expect(answers).toHaveLength(2);
      for (const { result } of answers) expect(['retry', 'unknown']).toContain(result);
      await rig.reachable(true);
      expect((await sendOne(to(recipients.takes, 'c'))).result).toBe('accepted');
      expect(await rig.taken()).toContain('c');
    });

    test('takes messages as they are and changes nothing about them', async () => {
      const message = to(recipients.takes, 'a');
      const before = structuredClone(message);
      await sendOne(frozen(message));
      expect(message).toEqual(before);
    });

    test('hands in receipts only about messages that were handed over, none twice', async () => {
      const { takes, refuses } = recipients;
      await rig.channel.send([to(takes, 'a'), to(refuses, 'no'), to(takes, 'b')]);
      const receipts = await rig.receipts();
      for (const receipt of receipts) expect(['a', 'b']).toContain(receipt.message);
      const names = receipts.map(({ message, kind, id }) => JSON.stringify([message, kind, id]));
      expect(new Set(names).size).toBe(names.length);
    });

    test('may be closed twice', async () => {
      await rig.channel.close();
      await rig.channel.close();
    });

    test('answers what is under way before it is closed', async () => {
      const underway = rig.channel.send([to(recipients.takes, 'a')]);
      let answered = false;
      underway.then(() => {
        answered = true;
      });
      await rig.channel.close();
      expect(answered).toBe(true);
      expect(results(await underway)).toEqual(['accepted']);
    });

    test('takes nothing once closed, and says so', async () => {
      await rig.channel.close();
      expect((await sendOne(to(recipients.takes, 'late'))).result).toBe('retry');
      expect(await rig.taken()).toEqual([]);
    });

    const { asksToWait, bounces } = recipients;
    if (asksToWait !== null) {
      test('P07 asks for another try only when it was surely not taken, and the later try ends in one send', async () => {
        const message = to(asksToWait, 'later');
        const first = await sendOne(message);
        if (first.result !== 'retry') throw new Error(`answered ${first.result}`);
        expect(first.after).toBeGreaterThan(0);
        expect(first.why).not.toContain(asksToWait);
        expect(await rig.taken()).toEqual([]);
        await rig.pass(first.after);
        expect((await sendOne(message)).result).toBe('accepted');
        expect(await rig.taken()).toEqual(['later']);
      });
    }
    if (bounces !== null) {
      test('accepts what bounces later, and reports it as one bounce', async () => {
        expect((await sendOne(to(bounces, 'back'))).result).toBe('accepted');
        const receipts = (await rig.receipts()).filter((receipt) => receipt.message === 'back');
        expect(receipts.map((receipt) => receipt.kind)).toEqual(['bounced']);
        expect(receipts[0]?.reason).toBeTruthy();
      });
    }
  });
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
