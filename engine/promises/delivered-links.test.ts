// Links as their readers find them: taken out of delivered messages, followed and forged on the running server.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const SHOP = 'https://shop.example/lamps?a=1&b=2';
const WORKSPACE = {
  'news/journey.yaml': `journey: news
status: live
trigger: { event: go, key: event.n }
steps:
  - email: letter
`,
  'news/letter.email.html': `subject: News
---
<p><a href="${SHOP.replace('&', '&amp;')}">Lamps</a> <a href="javascript:alert(1)">no</a>
<a href="{{ message.url.unsubscribe }}">Unsubscribe</a> <a href="{{ message.url.browser }}">In a browser</a></p>
`,
};

interface Mail {
  readonly person: string;
  readonly html: string;
  readonly links: Readonly<Record<'o' | 'c' | 'u' | 'b', string>>;
}

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
});
afterAll(() => tropa.close());

let cause = 0;
/** Causes a letter to somebody who allows it, and finds the links of what was delivered. */
async function letterTo(person: string): Promise<Mail> {
  await tropa.identify(person, { email: `${person}@example.com`, consent: { email: true } });
  cause += 1;
  await tropa.track(person, 'go', { n: cause });
  await tropa.drain();
  const row = (await tropa.inbox()).filter((one) => one.profile === person).at(-1);
  expect(row).toMatchObject({ status: 'delivered' });
  const page = await fetch(`${tropa.url}/inbox/${row?.id}`).then((response) => response.text());
  const html = page.replaceAll('&amp;', '&');
  const found = (kind: string) => new RegExp(`${tropa.url}/${kind}/[A-Za-z0-9_-]+`).exec(html)?.[0] ?? '';
  return { person, html, links: { o: found('o'), c: found('c'), u: found('u'), b: found('b') } };
}

/** Whether a marketing letter would still reach them. */
async function isWrittenTo(person: string): Promise<boolean> {
  const before = (await tropa.inbox()).filter((one) => one.profile === person && one.status !== 'skipped').length;
  cause += 1;
  await tropa.track(person, 'go', { n: cause });
  await tropa.drain();
  return (await tropa.inbox()).filter((one) => one.profile === person && one.status !== 'skipped').length > before;
}

const ONE_CLICK = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'List-Unsubscribe=One-Click',
};
const ask = (url: string, options: RequestInit = {}) => fetch(url, { redirect: 'manual', ...options });

describe('links of a delivered message', () => {
  test('P15 GET and HEAD on the unsubscribe link change nothing; POST does, once, and for its reader alone', async () => {
    const [anna, boris] = [await letterTo('anna'), await letterTo('boris')];
    for (const method of ['GET', 'HEAD', 'GET']) expect((await ask(anna.links.u, { method })).status).toBe(200);
    expect(await isWrittenTo('anna')).toBe(true);
    for (let again = 0; again < 3; again += 1) expect((await ask(anna.links.u, ONE_CLICK)).status).toBe(200);
    expect(await isWrittenTo('anna')).toBe(false);
    const { stdout } = await tropa.cli('explain', 'anna');
    expect(stdout.match(/consent\.withdrawn/g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(await isWrittenTo('boris')).toBe(true);
    expect(boris.links.u).not.toBe(anna.links.u);
  }, 60_000);

  test('P24 a click leads where the letter said; changed in any one character it leads nowhere', async () => {
    const { links, html } = await letterTo('clara');
    expect(html).not.toMatch(/javascript:/i);
    const answer = await ask(links.c);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, SHOP]);
    const start = links.c.lastIndexOf('/') + 1;
    for (let place = start; place < links.c.length; place += 1) {
      for (const other of ['A', 'b', '7', '_'].filter((character) => character !== links.c[place])) {
        const forged = links.c.slice(0, place) + other + links.c.slice(place + 1);
        const refused = await ask(forged);
        expect([forged, refused.status, refused.headers.get('location')]).toEqual([forged, 404, null]);
      }
    }
  }, 60_000);

  test('P24 a token is good for one kind of link only, and whole', async () => {
    const { links } = await letterTo('dora');
    const tokenOf = (link: string) => link.slice(link.lastIndexOf('/') + 1);
    for (const kind of ['o', 'c', 'b'] as const) {
      for (const other of ['o', 'c', 'u', 'b'] as const) {
        if (other === kind) continue;
        const refused = await ask(`${tropa.url}/${kind}/${tokenOf(links[other])}`);
        expect([kind, other, refused.status]).toEqual([kind, other, 404]);
      }
    }
    for (const other of ['o', 'c', 'b'] as const)
      expect((await ask(`${tropa.url}/u/${tokenOf(links[other])}`, ONE_CLICK)).status).toBe(404);
    expect((await ask(links.c.slice(0, -1))).status).toBe(404);
    expect(await isWrittenTo('dora')).toBe(true);
  }, 60_000);
});
