import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Consent, MessageRow } from '../core/person.ts';
import { type SmallHost, startSmallHost } from '../testing/http-host.ts';
import { change, loadOne, messageRow, personNamed } from '../testing/store-fixtures.ts';

const ID = '0123456789abcdef0123456789abcdef';
let small: SmallHost;
let person: string;
beforeEach(async () => {
  small = await startSmallHost();
  person = await personNamed(small.store, 'anna');
  await settle({});
});
afterEach(() => small.close());

const link = (id = ID) => small.host.links.unsubscribe(id).replace('https://t.lumen.example', small.url);
const withdrawals = async () => (await small.events()).filter(({ name }) => name === 'consent.withdrawn');
const yes: Consent = { granted: true, at: 1, by: 'e-yes', source: 'identify' };

async function sent(fields: Partial<MessageRow> = {}): Promise<void> {
  await small.store.fence([messageRow(ID, { person, channel: 'email', category: 'marketing', ...fields })]);
}
/** What the engine would make of all that has arrived: events applied, and the person's record thus. */
async function settle(edit: {
  consent?: Record<string, Consent>;
  traits?: Record<string, string>;
  pausedUntil?: number | null;
}): Promise<void> {
  const loaded = await loadOne(small.store, person);
  const traits = Object.fromEntries(
    Object.entries(edit.traits ?? {}).map(([name, value]) => [name, { value, at: 1, by: 'e' }]),
  );
  const intents = loaded.events.map(({ id }) => ({ kind: 'done' as const, id }));
  await small.store.commit(
    [
      change(loaded, {
        consent: edit.consent ?? {},
        traits,
        pausedUntil: edit.pausedUntil ?? null,
        intents,
        applied: intents.map(({ id }) => id),
      }),
    ],
    null,
  );
  await small.store.copy([{ person, intents }]);
}
const post = (body?: string, type = 'application/x-www-form-urlencoded') =>
  fetch(link(), { method: 'POST', ...(body === undefined ? {} : { body, headers: { 'content-type': type } }) });

describe('the preference centre', () => {
  test('P15 changes nothing when it is read, in full or by its head alone', async () => {
    await sent();
    const before = await small.events();
    const page = await fetch(link());
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<form method="post">');
    expect((await fetch(link(), { method: 'HEAD' })).status).toBe(200);
    expect(await small.events()).toEqual(before);
    expect(small.receipts).toEqual([]);
  });

  test("speaks the person's language", async () => {
    await sent();
    await settle({ traits: { locale: 'ru-RU' } });
    const page = await (await fetch(link())).text();
    expect(page).toContain('<html lang="ru">');
    expect(page).toContain('О чём вам писать?');
  });

  test('P27 shows names as text', async () => {
    await sent({ category: '<script>alert(1)</script>' });
    const page = await (await fetch(link())).text();
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
  });

  test('P24 is not there for a tampered link, nor for a message there never was', async () => {
    await sent();
    expect((await fetch(`${link()}x`)).status).toBe(404);
    expect((await fetch(`${link()}x`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(link('another'), { method: 'POST' })).status).toBe(404);
    expect(await withdrawals()).toEqual([]);
  });
});

describe('a POST to it', () => {
  test.each<[string, string | undefined, string]>([
    ['one-click as a form', 'List-Unsubscribe=One-Click', 'application/x-www-form-urlencoded'],
    [
      'one-click in parts',
      '--b\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
      'multipart/form-data; boundary=b',
    ],
    ['an empty one', undefined, ''],
  ])('P15 withdraws consent for the channel: %s', async (_what, body, type) => {
    await sent();
    expect((await post(body, type)).status).toBe(200);
    expect(await withdrawals()).toMatchObject([
      { person, data: { channel: 'email', source: 'unsubscribe' }, at: small.now },
    ]);
    expect(small.receipts).toEqual([{ message: ID, kind: 'unsubscribed', at: small.now, recorded: true }]);
  });

  test('P15 does so once, however often it is told', async () => {
    await sent();
    await settle({ consent: { email: yes } });
    for (const _ of [1, 2, 3]) await post();
    const [withdrawn, ...more] = await withdrawals();
    expect(more).toEqual([]);
    await settle({
      consent: { email: { granted: false, at: small.now, by: withdrawn?.id ?? '', source: 'unsubscribe' } },
    });
    await post();
    expect(await withdrawals()).toHaveLength(1);
  });

  test('takes back a yes that was given since, by the same old link', async () => {
    await sent();
    await settle({ consent: { email: yes } });
    await post();
    await settle({ consent: { email: { ...yes, by: 'e-yes-again' } } });
    await post();
    expect(await withdrawals()).toHaveLength(2);
  });

  test('can be about this category alone', async () => {
    await sent();
    await post('scope=category');
    expect(await withdrawals()).toMatchObject([
      { data: { channel: 'email', category: 'marketing', source: 'unsubscribe' } },
    ]);
  });

  test('answers 503 rather than lie when the store takes no more', async () => {
    await sent();
    small.full = true;
    expect((await post()).status).toBe(503);
    expect(await withdrawals()).toEqual([]);
  });
});

describe('the choices on it', () => {
  /** What is ticked and what is not, as the page shows it. */
  const shown = async (): Promise<Record<string, boolean>> => {
    const page = await (await fetch(link())).text();
    const boxes = [...page.matchAll(/name="box" value="([^"]+)"( checked)?/g)];
    return Object.fromEntries(boxes.map(([, scope, ticked]) => [scope, ticked !== undefined]));
  };
  const save = (boxes: readonly string[], all: readonly string[]) => {
    const form = new URLSearchParams({ scope: 'choices' });
    for (const box of boxes) form.append('box', box);
    for (const one of all) form.append('shown', one);
    return post(form.toString());
  };
  const words = async () =>
    (await small.events())
      .filter(({ name }) => name.startsWith('consent.'))
      .map(({ name, data }) => [name, data.channel, data.category, data.source]);

  beforeEach(async () => {
    await sent();
    await settle({ consent: { email: yes }, traits: { email: 'anna@example.com', phone: '+37120000000' } });
  });

  test('are the categories on every channel they can be reached by, as they stand', async () => {
    expect(await shown()).toEqual({ 'email/marketing': true, 'sms/marketing': false });
    expect(await (await fetch(link())).text()).toContain('Your orders: always');
  });
  test('become words of their own, with what stood beside the box; what is as before is no word', async () => {
    expect((await save(['sms/marketing', 'email/marketing'], ['sms/marketing', 'email/marketing'])).status).toBe(200);
    expect(await words()).toEqual([['consent.granted', 'sms', 'marketing', 'preferences']]);
    const [granted] = (await small.events()).filter(({ name }) => name === 'consent.granted');
    expect(granted?.data).toMatchObject({ text: 'Offers: Text', ip: '127.0.0.1' });
    // Shown at once, though no engine has read it yet.
    expect(await shown()).toEqual({ 'email/marketing': true, 'sms/marketing': true });
  });
  test('P15 saved twice are one word; taken back they are another', async () => {
    const both = ['sms/marketing', 'email/marketing'];
    for (const _ of [1, 2]) await save([], both);
    expect(await words()).toEqual([['consent.withdrawn', 'email', 'marketing', 'preferences']]);
    small.now += 1000;
    await save(['email/marketing'], both);
    expect(await shown()).toEqual({ 'email/marketing': true, 'sms/marketing': false });
  });
  test('touch nothing that was not shown, nor anything that is no choice', async () => {
    await save(['sms/transactional', 'push/marketing', 'telepathy/marketing'], ['sms/transactional', 'push/marketing']);
    expect(await words()).toEqual([]);
  });
  test('P15 a pause is of 30 days, once, and can be ended', async () => {
    for (const _ of [1, 2]) expect(await (await post('scope=pause')).text()).toContain('until ');
    const pauses = async () => (await small.events()).filter(({ name }) => name === 'tropa.pause');
    expect(await pauses()).toMatchObject([{ data: { until: small.now + 30 * 86_400_000 } }]);
    expect(await (await fetch(link())).text()).toContain('End the pause');
    await post('scope=resume');
    expect((await pauses()).at(-1)).toMatchObject({ data: { until: null } });
    expect(await words()).toEqual([]);
  });
  test('P27 show no address, and titles as text', async () => {
    const page = await (await fetch(link())).text();
    expect(page).not.toContain('anna@');
    expect(page).not.toContain('2000');
  });
});
