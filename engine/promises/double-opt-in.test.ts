// Double opt-in on a running server: a yes, a mail that asks, a link, a button, and only then a letter.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'tropa.yaml': `timezone: UTC
categories:
  marketing: { title: Offers }
  letters: { title: Letters, double_opt_in: confirm }
sources:
  shop: { type: segment, write_key: key, browser_key: page }
`,
  'letters/journey.yaml': `journey: letters
status: live
category: letters
trigger: { event: go, key: event.n }
steps:
  - email: letter
`,
  'letters/letter.email.html': 'subject: A letter\n---\n<p>Hello</p>',
  'letters/confirm.email.html':
    'subject: Please confirm\n---\n<p><a href="{{ message.url.confirm }}">Yes, write to me</a></p>',
};

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
});
afterAll(() => tropa.close());

let told = 0;
/** What became of a letter that is due to them now. */
async function letter(person: string): Promise<unknown> {
  told += 1;
  // The ledger's rows of one moment have no order.
  await tropa.advance('1s');
  await tropa.track(person, 'go', { n: told });
  await tropa.drain();
  const row = (await tropa.inbox())
    .filter(({ profile, template }) => profile === person && template === 'letter')
    .at(-1);
  return row?.reason ?? row?.status;
}
const asks = async (person: string): Promise<JsonObject[]> =>
  (await tropa.inbox()).filter(({ profile, template }) => profile === person && template === 'confirm');

/** Where the mail leads that asked. */
async function linkOf(person: string): Promise<string> {
  const [mail] = await asks(person);
  const { stdout } = await tropa.cli('export', person);
  const { messages } = JSON.parse(stdout) as { messages: { message: string; content: { html: string } }[] };
  const html = messages.find(({ message }) => message === mail?.id)?.content.html ?? '';
  const counted = /href="([^"]+)"/.exec(html)?.[1] ?? '';
  const { headers } = await fetch(counted, { redirect: 'manual' });
  return headers.get('location') ?? counted;
}
const agree = async (person: string, consent: JsonObject = { email: true }): Promise<void> => {
  await tropa.identify(person, { email: `${person}@example.com`, consent });
  await tropa.drain();
};

describe('double opt-in', () => {
  test('P20 nobody is written to before they confirmed, and the word stands with its proof afterwards', async () => {
    await agree('anna');
    expect(await letter('anna')).toBe('no_consent');
    const link = await linkOf('anna');
    // A scanner follows links and changes nothing (P15).
    for (const _ of [1, 2]) expect(await (await fetch(link)).text()).toContain('Yes, write to me');
    expect(await letter('anna')).toBe('no_consent');
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    await tropa.drain();
    expect(await letter('anna')).toBe('delivered');
    const { consent } = JSON.parse((await tropa.cli('export', 'anna')).stdout) as { consent: JsonObject[] };
    expect(consent.filter(({ source }) => source === 'double_opt_in')).toMatchObject([
      { granted: true, text: expect.stringContaining('Letters'), ip: '127.0.0.1' },
    ]);
  }, 60_000);

  test('another category needs no confirmation', async () => {
    await agree('maria', { email: true, category: 'marketing' });
    expect(await asks('maria')).toEqual([]);
  });

  test('whoever types an address again and again sends one mail a day', async () => {
    for (const n of [1, 2, 3]) {
      const consent = { email: true, text: `try ${n}` };
      const body = { anonymousId: `a${n}`, traits: { email: 'victim@example.com', consent } };
      const headers = { authorization: `Basic ${Buffer.from('page:').toString('base64')}` };
      expect((await tropa.post('/v1/identify', body, headers)).status).toBe(200);
      await tropa.advance('1m');
    }
    const mails = async () => (await tropa.inbox()).filter(({ to }) => to === 'victim@example.com').length;
    expect(await mails()).toBe(1);
    await tropa.advance('1d');
    const says = (email: boolean) => tropa.identify('v', { email: 'victim@example.com', consent: { email } });
    await says(false);
    await tropa.advance('1m');
    await says(true);
    await tropa.advance('1m');
    expect(await mails()).toBe(2);
  }, 60_000);

  test('a yes that was confirmed elsewhere waits for nothing, unless a page says so', async () => {
    const confirmed = { channel: 'email', category: 'letters', confirmed: true };
    const traits = (person: string) => ({ context: { traits: { email: `${person}@example.com` } } });
    await tropa.track('olga', 'consent.granted', confirmed, traits('olga'));
    expect(await letter('olga')).toBe('delivered');
    const headers = { authorization: `Basic ${Buffer.from('page:').toString('base64')}` };
    await tropa.identify('vera', { email: 'vera@example.com' });
    const body = { anonymousId: 'a9', event: 'consent.granted', properties: confirmed, ...traits('vera') };
    expect((await tropa.post('/v1/track', body, headers)).status).toBe(200);
    await tropa.drain();
    expect(await letter('vera')).toBe('no_consent');
    expect(await asks('vera')).toHaveLength(1);
  }, 60_000);

  test('P20 who confirms an address of their own, before or after typing somebody else’s, has confirmed nothing of the latter', async () => {
    const page = { authorization: `Basic ${Buffer.from('page:').toString('base64')}` };
    const types = async (visitor: string, email: string, consent?: JsonObject) => {
      const traits = { email, ...(consent && { consent }) };
      expect((await tropa.post('/v1/identify', { anonymousId: visitor, traits }, page)).status).toBe(200);
      await tropa.drain();
      await tropa.advance('1m');
    };
    const letterTo = async (visitor: string) => {
      told += 1;
      await tropa.post('/v1/track', { anonymousId: visitor, event: 'go', properties: { n: told } }, page);
      await tropa.drain();
      await tropa.advance('1m');
    };
    const letters = async () =>
      (await tropa.inbox()).filter(({ template }) => template === 'letter').map(({ to, reason }) => to ?? reason);
    const confirm = async (visitor: string) => {
      const { messages } = JSON.parse((await tropa.cli('export', `anonymous:${visitor}`)).stdout) as {
        messages: { template: string; content: { html: string } }[];
      };
      const html = messages.find(({ template }) => template === 'confirm')?.content.html ?? '';
      expect((await fetch(/href="([^"]+)"/.exec(html)?.[1] ?? '', { method: 'POST' })).status).toBe(200);
      await tropa.drain();
      await tropa.advance('1m');
    };

    await types('before', 'mine-1@example.com', { email: true });
    await types('before', 'other-1@example.com');
    await confirm('before');
    await letterTo('before');
    await types('after', 'mine-2@example.com', { email: true });
    await confirm('after');
    await letterTo('after');
    await types('after', 'other-2@example.com');
    await letterTo('after');
    const sent = await letters();
    expect(sent).toContain('mine-2@example.com');
    expect(sent).not.toContain('other-1@example.com');
    expect(sent).not.toContain('other-2@example.com');
  }, 60_000);

  test('P24 a link of another kind, or of another mail, confirms nothing', async () => {
    await agree('nina');
    const link = await linkOf('nina');
    expect((await fetch(link.replace('/y/', '/u/'), { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${link}x`, { method: 'POST' })).status).toBe(404);
    expect(await letter('nina')).toBe('no_consent');
  });
});
