// P18 on a running server: what machines do with a delivered message moves no journey, and is kept with its reason.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'news/journey.yaml': `journey: news
status: live
category: transactional
trigger: { event: go, key: event.n }
steps:
  - email: letter
  - wait_for: { opened: letter }
    within: 1d
    do:
      - exit: opened
    else:
      - exit: silent
`,
  'news/letter.email.html': `subject: News
---
<p><a href="https://shop.example/a">A</a> <a href="https://shop.example/b">B</a> <a href="https://shop.example/c">C</a></p>
`,
};
const HUMAN = {
  'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36',
};

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
});
afterAll(() => tropa.close());

let told = 0;
async function letterTo(person: string): Promise<{ open: string; links: string[] }> {
  await tropa.identify(person, { email: `${person}@example.com` });
  told += 1;
  await tropa.track(person, 'go', { n: told });
  await tropa.drain();
  const { messages } = JSON.parse((await tropa.cli('export', person)).stdout) as {
    messages: { content: { html: string } }[];
  };
  const html = String(messages[0]?.content.html).replaceAll('&amp;', '&');
  const found = (kind: string) => [...new Set(html.match(new RegExp(`${tropa.url}/${kind}/[A-Za-z0-9_-]+`, 'g')))];
  return { open: found('o')[0] ?? '', links: found('c') };
}
const get = (url: string, headers: Record<string, string> = HUMAN, method = 'GET') =>
  fetch(url, { headers, method, redirect: 'manual' });
const explained = async (person: string) => (await tropa.cli('explain', person)).stdout;

describe('P18 machines', () => {
  test('open, look ahead and follow every link, and the journey knows nothing of it', async () => {
    const { open, links } = await letterTo('anna');
    expect(links).toHaveLength(3);
    await get(open, { 'user-agent': 'Mozilla/5.0' });
    await get(open, {
      'user-agent': 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    });
    await get(open, HUMAN, 'HEAD');
    await get(links[0] ?? '', { 'user-agent': 'BarracudaCentral' });
    for (const link of links) expect((await get(link)).status).toBe(302);
    await tropa.drain();
    await tropa.advance('10m');
    expect(await explained('anna')).not.toContain('leaves news');
    await tropa.advance('1d');
    expect(await explained('anna')).toContain('leaves news as silent');
    const { events } = JSON.parse((await tropa.cli('export', 'anna')).stdout) as {
      events: { name: string; data: JsonObject }[];
    };
    const reasons = events.filter(({ name }) => name === 'message.machine_opened').map(({ data }) => data.reason);
    expect(reasons.sort()).toEqual(['burst', 'burst', 'burst', 'head', 'image_proxy', 'privacy_proxy', 'scanner']);
    expect(events.filter(({ name }) => name === 'tropa.click')).toHaveLength(3);
    expect(events.filter(({ name }) => name === 'message.clicked')).toEqual([]);
    expect((await tropa.cli('audit')).stdout).toContain('Everything agrees.');
  }, 60_000);

  test('a human’s one click counts, two seconds later, and across a kill', async () => {
    const { links } = await letterTo('boris');
    await get(links[1] ?? '');
    await tropa.drain();
    expect(await explained('boris')).not.toContain('leaves news');
    await tropa.signal('SIGKILL');
    await tropa.start();
    await tropa.advance('3s');
    expect(await explained('boris')).toContain('leaves news as opened');
  }, 60_000);

  test('a human’s open counts at once', async () => {
    const { open } = await letterTo('clara');
    await get(open);
    await tropa.drain();
    expect(await explained('clara')).toContain('leaves news as opened');
  }, 60_000);
});
