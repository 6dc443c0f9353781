// What the sandbox promises beyond the contract: what it keeps, how it misbehaves, when receipts come, what the desk does.

import { describe, expect, test } from '@jest/globals';
import type { ChannelName, Outgoing, Receipt, SandboxMail } from '../../engine/ports/channel.ts';
import { outgoing } from '../channel.contract.ts';
import { createSandbox, type SandboxOptions, SLOW_MS } from './sandbox.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');

function open(options: SandboxOptions = {}) {
  const mails: SandboxMail[] = [];
  const receipts: Receipt[] = [];
  const clock = { now: NOON };
  const trouble = { receipts: 0 };
  const sandbox = createSandbox(
    {
      now: () => clock.now,
      receipts: async (batch) => {
        if (trouble.receipts-- > 0) throw new Error('the store is away');
        receipts.push(...batch);
      },
      keepMail: async (mail) => {
        // As a real store would, answers only after other work had its turn.
        await new Promise(setImmediate);
        mails.push(mail);
      },
    },
    options,
  );
  const send = async (message: Outgoing) => (await sandbox.channel(message.channel).send([message]))[0];
  return { sandbox, mails, receipts, clock, trouble, send };
}

const mail = (id: string, to = 'anna@example.com', more: Partial<Outgoing> = {}): Outgoing => ({
  ...outgoing('email', id, to),
  ...more,
});

describe('what it keeps', () => {
  test('keeps all that the recipient would have received, as JSON', async () => {
    const { send, mails } = open();
    const message = mail('m1', 'anna@example.com', { actions: [{ label: 'Buy', url: 'https://lumen.example/buy' }] });
    expect(await send(message)).toEqual({ result: 'accepted', providerId: 'sandbox-m1' });
    const { headers, actions, html, text, urls, transactional, journey, step, template, locale } = message;
    const content = { headers, actions, html, text, urls, transactional, journey, step, template, locale };
    const kept = { id: 'm1', person: 'person-anna', channel: 'email', to: 'anna@example.com', at: NOON, content };
    expect(mails).toEqual([kept]);
    expect(JSON.parse(JSON.stringify(mails))).toEqual(mails);
  });

  test('keeps what bounces and what stays silent, and nothing that was refused', async () => {
    const { send, mails } = open();
    for (const name of ['bounce', 'silent', 'refuse', 'die-before-answer', 'die-after-taking', 'slow']) {
      await send(mail(name, `${name}@example.com`));
    }
    expect(mails.map(({ id }) => id)).toEqual(['bounce', 'silent', 'die-after-taking']);
  });

  test('P36 push: more than 3 KB is refused before sending', async () => {
    const { send, mails } = open();
    const push = outgoing('push', 'big', 'https://push.example/send/1');
    const room = 3072 - Buffer.byteLength(JSON.stringify({ ...push.headers, text: '', actions: [] }));
    expect(await send({ ...push, text: 'я'.repeat(room / 2 + 1) })).toMatchObject({
      result: 'refused',
      why: { kind: 'content' },
    });
    expect(mails).toEqual([]);
    expect(await send({ ...push, text: 'a'.repeat(room) })).toMatchObject({ result: 'accepted' });
  });
});

describe('how it misbehaves', () => {
  test.each<[ChannelName, string, string[]]>([
    ['email', 'anna@example.com', ['delivered']],
    ['email', 'bounce@example.com', ['bounced']],
    ['email', 'Bounce+anna@example.com', ['bounced']],
    ['email', 'silent+1@example.com', []],
    ['email', 'anna+bounce@example.com', ['delivered']],
    ['email', 'bouncer@example.com', ['delivered']],
    ['sms', '+1 (500) 555-0002', ['bounced']],
    ['sms', '+79165550004', []],
    ['sms', '+79160000002', ['delivered']],
    ['push', 'https://push.example/send/silent?v=1', []],
    ['push', 'bounce@phone', ['bounced']],
    ['push', '{"endpoint":"https://push.example/bounce+1","keys":{"auth":"a/b"}}', ['bounced']],
    ['push', '{broken', ['delivered']],
  ])('%s to %s is followed by %j', async (channel, to, kinds) => {
    const { sandbox, send, receipts } = open();
    expect(await send(outgoing(channel, 'm', to))).toMatchObject({ result: 'accepted' });
    await sandbox.idle();
    expect(receipts.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('a slow provider takes the message once the clock has moved, and asks for what is left before', async () => {
    const { send, clock, mails } = open();
    const message = mail('m', 'slow@example.com');
    expect(await send(message)).toMatchObject({ result: 'retry', after: SLOW_MS });
    clock.now += SLOW_MS - 1;
    expect(await send(message)).toMatchObject({ result: 'retry', after: 1 });
    clock.now += 1;
    expect(await send(message)).toMatchObject({ result: 'accepted' });
    expect(mails.map(({ at }) => at)).toEqual([NOON + SLOW_MS]);
  });

  test('P06 whoever asks it to die is answered unknown where it may not, and is never reported delivered', async () => {
    const { sandbox, send, receipts } = open();
    for (const name of ['die-before-answer', 'die-after-taking']) {
      expect(await send(mail(name, `${name}@example.com`))).toMatchObject({ result: 'unknown' });
    }
    await sandbox.idle();
    expect(receipts).toEqual([]);
  });
});

describe('when receipts come', () => {
  test('hands in delivery after the answer and without the clock moving', async () => {
    const { sandbox, send, receipts } = open();
    await send(mail('m'));
    expect(receipts).toEqual([]);
    await sandbox.idle();
    expect(receipts).toEqual([{ message: 'm', kind: 'delivered', at: NOON }]);
  });

  test('hands it in by itself, though nobody asks', async () => {
    const { send, receipts } = open();
    await send(mail('m'));
    await new Promise(setImmediate);
    expect(receipts).toHaveLength(1);
  });

  test('lets nothing go before it is asked, where virtual time wants that, and tells when it happened', async () => {
    const { sandbox, send, receipts, clock } = open({ receipts: 'on_idle' });
    await send(mail('a'));
    await send(mail('b', 'bounce@example.com'));
    clock.now += 60_000;
    await new Promise(setImmediate);
    expect(receipts).toEqual([]);
    await sandbox.idle();
    expect(receipts.map(({ message, kind, at }) => [message, kind, at])).toEqual([
      ['a', 'delivered', NOON],
      ['b', 'bounced', NOON],
    ]);
  });

  test('idle waits for sends that are still under way', async () => {
    const { sandbox, send, receipts } = open();
    const underway = send(mail('m'));
    await sandbox.idle();
    expect(receipts).toHaveLength(1);
    await underway;
  });

  test('offers receipts again that the engine would not take, each once in the end', async () => {
    const { sandbox, send, receipts, trouble } = open({ receipts: 'on_idle' });
    trouble.receipts = 1;
    await send(mail('a'));
    await expect(sandbox.idle()).rejects.toThrow('the store is away');
    await send(mail('b'));
    await sandbox.idle();
    expect(receipts.map(({ message }) => message)).toEqual(['a', 'b']);
  });

  test('closing hands in what is owed, and does not fail when that is impossible', async () => {
    const { sandbox, send, receipts, trouble } = open({ receipts: 'on_idle' });
    await send(mail('a'));
    trouble.receipts = 1;
    await sandbox.channel('email').close();
    expect(receipts).toEqual([]);
    await sandbox.channel('email').close();
    expect(receipts).toHaveLength(1);
  });
});

describe('the desk', () => {
  const html =
    '<link href="https://fonts.example/x"><a class="b" href="https://lumen.example/u/token">Unsubscribe</a>' +
    '<a href="https://lumen.example/plain">x</a><a href="https://t.example/c/tok?a=1&amp;b=2">y</a><a href=\'https://t.example/c/tok\'>z</a>';

  async function act(
    message: Outgoing,
    options: SandboxOptions,
    ...[action, value]: [Parameters<ReturnType<typeof open>['sandbox']['desk']['act']>[1], string?]
  ) {
    const { sandbox, send, receipts } = open(options);
    await send(message);
    await sandbox.desk.act(message.id, action, value);
    return receipts.slice(1).map(({ at: _, id: __, message: ___, ...rest }) => rest);
  }

  test.each([
    ['open', undefined, { kind: 'opened' }],
    ['deliver', undefined, { kind: 'delivered' }],
    ['reply', 'Yes, please', { kind: 'replied', value: 'Yes, please' }],
    ['reply', undefined, { kind: 'replied', value: '' }],
    ['bounce', undefined, { kind: 'bounced', reason: '550 5.1.1 no such mailbox' }],
    ['bounce', '550 5.2.1 disabled', { kind: 'bounced', reason: '550 5.2.1 disabled' }],
    ['fail', 'carrier down', { kind: 'failed', reason: 'carrier down' }],
    ['unsubscribe', undefined, { kind: 'unsubscribed' }],
    ['click', 'https://lumen.example/other', { kind: 'clicked', value: 'https://lumen.example/other' }],
  ] as const)('%s with %j is reported as the provider would', async (action, value, receipt) => {
    expect(await act(mail('m'), {}, action, value)).toEqual([receipt]);
  });

  test('P15 a click follows the first tracked link, never an unsubscribe, preference or browser link', async () => {
    expect(await act(mail('m', 'a@example.com', { html }), {}, 'click')).toEqual([
      { kind: 'clicked', value: 'https://t.example/c/tok' },
    ]);
  });

  test('a click without tracked links follows the first link of the text', async () => {
    const text = 'Unsubscribe: https://lumen.example/u/token. Shop (https://lumen.example/shop).';
    expect(await act(mail('m', 'a@example.com', { html: null, text }), {}, 'click')).toEqual([
      { kind: 'clicked', value: 'https://lumen.example/shop' },
    ]);
  });

  test('a click is reported with what the tracked link leads to, where that can be told', async () => {
    const linkTarget = async (url: string) => (url.endsWith('/c/cart-token') ? 'https://lumen.example/cart' : null);
    expect(await act(mail('m'), { linkTarget }, 'click')).toEqual([
      { kind: 'clicked', value: 'https://lumen.example/cart' },
    ]);
  });

  test('a click on a message without links is an error, on a notification it is a click on the whole', async () => {
    const bare = { html: null, text: 'Hello', headers: {} };
    await expect(act(mail('m', 'a@example.com', bare), {}, 'click')).rejects.toMatchObject({ code: 'E_BAD_REQUEST' });
    const push = { ...outgoing('push', 'p', 'https://push.example/1'), ...bare };
    expect(await act(push, {}, 'click')).toEqual([{ kind: 'clicked', value: null }]);
  });

  test('counts every click and every answer, and an opening once', async () => {
    const { sandbox, send, receipts } = open();
    await send(mail('m'));
    for (const action of ['open', 'open', 'click', 'click', 'reply', 'reply'] as const)
      await sandbox.desk.act('m', action);
    const names = receipts.map(({ kind, id }) => `${kind} ${id ?? ''}`);
    expect(new Set(names).size).toBe(1 + 1 + 2 + 2);
  });

  test('hands in a delivery that is owed before what the reader did', async () => {
    const { sandbox, send, receipts } = open({ receipts: 'on_idle' });
    await send(mail('m'));
    await sandbox.desk.act('m', 'open');
    expect(receipts.map(({ kind }) => kind)).toEqual(['delivered', 'opened']);
  });

  test('refuses a message it never took by its code', async () => {
    const { sandbox, send } = open();
    await send(mail('no', 'refuse@example.com'));
    for (const id of ['no', 'other']) {
      await expect(sandbox.desk.act(id, 'open')).rejects.toMatchObject({
        name: 'TropaError',
        code: 'E_NO_SUCH_MESSAGE',
      });
    }
  });

  test('finds what an earlier process kept', async () => {
    const earlier = open();
    await earlier.send(mail('m'));
    const later = open({ findMail: async (id) => earlier.mails.find((kept) => kept.id === id) ?? null });
    await later.sandbox.desk.act('m', 'click');
    expect(later.receipts).toMatchObject([
      { message: 'm', kind: 'clicked', value: 'https://lumen.example/c/cart-token' },
    ]);
  });
});
