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
async function settle(edit: { consent?: Record<string, Consent>; locale?: string }): Promise<void> {
  const loaded = await loadOne(small.store, person);
  const traits = edit.locale === undefined ? {} : { locale: { value: edit.locale, at: 1, by: 'e' } };
  const intents = loaded.events.map(({ id }) => ({ kind: 'done' as const, id }));
  await small.store.commit(
    [change(loaded, { consent: edit.consent ?? {}, traits, intents, applied: intents.map(({ id }) => id) })],
    null,
  );
  await small.store.copy([{ person, intents }]);
}
const post = (body?: string, type = 'application/x-www-form-urlencoded') =>
  fetch(link(), { method: 'POST', ...(body === undefined ? {} : { body, headers: { 'content-type': type } }) });

describe('the unsubscribe page', () => {
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
    await settle({ locale: 'ru-RU' });
    const page = await (await fetch(link())).text();
    expect(page).toContain('<html lang="ru">');
    expect(page).toContain('Отписка');
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
