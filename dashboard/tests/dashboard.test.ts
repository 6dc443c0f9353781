// The dashboard in a real Chromium against a real Tropa that has seen a month of people.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../engine/testing/browser.ts';
import { startTropa, type Tropa } from '../../engine/testing/server.ts';
import { byLink, OWN_PAGE } from '../../engine/testing/sign-in.ts';
import { aMonth, SHOP } from './month.ts';
import { findings, type Looking, openPage, overflow, settled, shoot, untranslated } from './pages.ts';

const BOSS = 'boss@lumen.example';
let browser: Browser;
let tropa: Tropa;
let hostile = '';
let cookie = '';
beforeAll(async () => {
  const end = Date.now();
  browser = await openBrowser();
  tropa = await startTropa({ workspace: SHOP, clock: end - 30 * 86_400_000 });
  await aMonth(tropa, end, 60);
  // A session lives by the clock that was moved.
  const { stdout } = await tropa.cli('user', 'add', BOSS, '--role', 'admin');
  cookie = await byLink(/http:\S+\/login\/[\w-]+/.exec(stdout)?.[0] ?? '', 'a long sentence as password');
  hostile = (await ask<{ people: { id: string }[] }>('/api/people?q=person-8')).people[0]?.id ?? '';
}, 240_000);
afterAll(async () => {
  await browser.close();
  await tropa.close();
});

const ask = async <Answer>(path: string): Promise<Answer> =>
  (await fetch(`${tropa.url}${path}`, { headers: { cookie } })).json() as Promise<Answer>;
const post = (path: string, body: object, headers: Record<string, string> = OWN_PAGE) =>
  fetch(`${tropa.url}${path}`, { method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify(body) });

async function at(path: string, look: Looking = {}): Promise<{ page: Page; errors: string[] }> {
  const opened = await openPage(browser, { ...look, cookie, url: tropa.url });
  await opened.page.goto(`${tropa.url}${path}`);
  await settled(opened.page);
  return opened;
}

const PLACES: readonly (readonly [string, () => string])[] = [
  ['overview', () => '/'],
  ['journeys', () => '/journeys'],
  ['journey', () => '/journeys/abandoned-cart'],
  ['editor', () => '/journeys/abandoned-cart/edit'],
  ['people', () => '/people'],
  ['person', () => `/people/${hostile}`],
  ['messages', () => '/messages'],
  ['sandbox', () => '/sandbox'],
  ['segments', () => '/segments'],
  ['reports', () => '/reports'],
  ['settings', () => '/settings/general'],
  ['senders', () => '/settings/senders'],
  ['sources', () => '/settings/sources'],
];
const LOOKS: readonly (readonly [string, Looking])[] = [
  ['light, in English', {}],
  ['dark, in Russian', { dark: true, locale: 'ru-RU' }],
  ['360 px wide', { width: 360, height: 760 }],
];

describe.each(LOOKS)('every page, %s', (name, look) => {
  test.each(PLACES)(
    '%s: no serious finding, nothing too wide, no error, every word translated',
    async (place, path) => {
      const { page, errors } = await at(path(), look);
      await shoot(page, `${place} ${name}`);
      expect({
        errors,
        wide: await overflow(page),
        words: await untranslated(page),
        axe: await findings(page),
      }).toEqual({
        errors: [],
        wide: 0,
        words: [],
        axe: [],
      });
      if (look.locale === 'ru-RU') expect(await page.locator('nav').textContent()).toContain('Сценарии');
      await page.context().close();
    },
  );
});

describe('the guided visit', () => {
  test('one button sends a cart, and one watches it travel to its end', async () => {
    const { page, errors } = await at('/');
    await page.getByRole('button', { name: 'Send a demonstration cart' }).click();
    await page.waitForURL(/\/journeys\/try-me\?follow=/);
    await tropa.drain();
    const cart = page.locator('.react-flow__node', { has: page.getByLabel('The followed cart is here') });
    await cart.getByText('Wait 15 sec').waitFor();
    await tropa.advance('16s');
    await page.getByRole('link', { name: 'Read the letter' }).click();
    await page.waitForURL(/\/sandbox\//);
    await page.getByRole('heading', { name: 'A lamp of 138 waits' }).waitFor();
    await page.getByRole('button', { name: 'Click', exact: true }).click();
    await page.getByText('Clicked.').waitFor();
    await tropa.advance('10s');
    await page.goBack();
    await page.getByText('The journey is over: completed.').waitFor();
    await shoot(page, 'guided visit');
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe('the canvas', () => {
  test('is walked with the keys alone, and a step opens with Enter', async () => {
    const { page } = await at('/journeys/abandoned-cart');
    await page.locator('.react-flow__node').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    expect(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.id)).toBe('1.2');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog');
    await panel.getByText('Email · reminder').waitFor();
    await panel.getByRole('tab', { name: 'Messages' }).click();
    await panel.getByRole('link').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await shoot(page, 'step');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('counts what the ledger says', async () => {
    const told = await ask<{
      steps: Record<string, { passed: number }>;
      totals: { entered: number };
      flows: { from: string; to: string; count: number }[];
    }>('/api/journeys/abandoned-cart?days=90');
    const [stats] = await tropa.ask<{ entered: number; steps: { step: string; visited: number }[] }[]>('stats', {
      journey: 'abandoned-cart',
    });
    expect(told.totals.entered).toBe(stats?.entered);
    for (const { step, visited } of stats?.steps ?? [])
      if (told.steps[step] !== undefined) expect([step, told.steps[step].passed]).toEqual([step, visited]);
    expect(told.flows.filter(({ from }) => from === '$entry').reduce((sum, { count }) => sum + count, 0)).toBe(
      stats?.entered,
    );
  });

  test('pauses and resumes the journey, after asking', async () => {
    const { page } = await at('/journeys/welcome');
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('Paused', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Resume' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().close();
  });

  test('is saved as SVG', async () => {
    const { page } = await at('/journeys/abandoned-cart');
    await page.getByRole('button', { name: 'Save the picture' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'SVG' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('abandoned-cart.svg');
    await page.context().close();
  });
});

describe('the editor', () => {
  const open = async () => {
    const opened = await at('/journeys/abandoned-cart/edit');
    await opened.page.locator('.cm-content').click();
    await opened.page.keyboard.press('Control+End');
    return opened;
  };

  test('shows an error at its line as `check` gives it, keeps the picture, and publishes nothing', async () => {
    const { page } = await open();
    await page.keyboard.type('  - wiat: 2d');
    await page
      .getByText(/Did you mean "wait"/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true);
    expect(await page.locator('.react-flow__node').count()).toBeGreaterThan(5);
    expect(await page.locator('.cm-lint-marker-error').count()).toBe(1);
    await shoot(page, 'editor with an error');
    await page.context().close();
  });

  test('completes keys from the schema', async () => {
    const { page } = await open();
    await page.keyboard.type('  - ema');
    await page.locator('.cm-tooltip-autocomplete').getByText('email', { exact: true }).waitFor();
    await page.context().close();
  });

  test('edits, tests, simulates, tells the difference in words, and publishes a version with its author', async () => {
    const { page, errors } = await open();
    await page.getByText('All 2 tests passed').waitFor();
    await page.keyboard.type('  - wait: 2d');
    await page.locator('.react-flow__node', { hasText: 'Wait 2 days' }).waitFor();
    await page.getByText('All 2 tests passed').waitFor();
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByText('200 invented people, 30 days').waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('adds Wait 2 days').waitFor();
    await shoot(page, 'publishing');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Published as version 2.').waitFor();
    const { versions } = await ask<{ versions: { number: number; author: string | null }[] }>(
      '/api/journeys/abandoned-cart',
    );
    expect(versions.map(({ number, author }) => [number, author])).toEqual([
      [2, BOSS],
      [1, null],
    ]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test('refuses to publish over what somebody else published meanwhile, and says who', async () => {
    const source = await ask<{ version: string; files: Record<string, string> }>('/api/journeys/welcome/draft');
    const files = (more: string) => ({ ...source.files, 'journey.yaml': `${source.files['journey.yaml']}${more}` });
    const publish = (more: string, force = false) =>
      post('/api/journeys/welcome/draft/publish', { files: files(more), parent: source.version, force });
    expect((await publish('  - wait: 1d\n')).status).toBe(200);
    const stale = await publish('  - wait: 3d\n');
    expect([stale.status, await stale.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'E_STALE', detail: expect.stringContaining(`by ${BOSS}`) }),
    ]);
    expect((await publish('  - wait: 3d\n', true)).status).toBe(200);
  });
});

describe('a person', () => {
  test('is found, and their story says why each message was sent or not', async () => {
    const { page } = await at('/people');
    await page.getByRole('searchbox').fill('person-3');
    await page.getByRole('link', { name: 'Dmitri' }).first().click();
    await page.waitForURL(/\/people\/[0-9a-f]{32}/);
    await page.getByText('skipped (No address)').first().waitFor();
    await page.getByRole('button', { name: 'Why?' }).first().click();
    await page.locator('pre').first().waitFor();
    await shoot(page, 'why');
    await page.context().close();
  });

  test('whose name is hostile is text everywhere', async () => {
    const { page } = await at(`/people/${hostile}`);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('<img src=x');
    expect(await page.title()).toBe('Tropa');
    expect(await page.locator('img').count()).toBe(0);
    await page.context().close();
  });
});

describe('a message', () => {
  test('is shown as sent, in a frame that runs nothing and has no origin', async () => {
    const { messages } = await ask<{ messages: { id: string; channel: string; status: string }[] }>(
      '/api/messages?channel=email&status=delivered',
    );
    const [message] = messages;
    const { page } = await at(`/messages/${message?.id}`);
    const frame = page.locator('iframe');
    expect(await frame.getAttribute('sandbox')).toBe('allow-popups allow-popups-to-escape-sandbox');
    const response = await fetch(`${tropa.url}/api/messages/${message?.id}/frame`, { headers: { cookie } });
    expect(response.headers.get('content-security-policy')).toMatch(
      /^sandbox (?!.*allow-(?:scripts|same-origin)).*default-src 'none'/,
    );
    expect(await findings(page)).toEqual([]);
    await shoot(page, 'message');
    await page.context().close();
  });
});

describe('what changes something', () => {
  test('is refused unless a page of this server asked for it', async () => {
    const told = [{}, { 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }];
    for (const headers of told) {
      const asked = { 'content-type': 'application/json', ...headers };
      expect((await post('/api/journeys/welcome/pause', {}, asked)).status).toBe(403);
    }
  });
});

describe('the connection', () => {
  test('when it is lost, the page says so, and it catches up', async () => {
    const { page } = await at('/');
    await tropa.signal('SIGKILL');
    await page.getByText('The server does not answer').waitFor({ timeout: 15_000 });
    await tropa.start();
    await page.getByText('The server does not answer').waitFor({ state: 'detached', timeout: 15_000 });
    await page.context().close();
  });
});

test('the first page needs at most 250 KB of JavaScript, packed', async () => {
  const { page } = await openPage(browser, { cookie, url: tropa.url });
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js'))
      sizes.push(
        response
          .request()
          .sizes()
          .then(({ responseBodySize }) => responseBodySize),
      );
  });
  await page.goto(tropa.url);
  await settled(page);
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(100_000);
  expect(total).toBeLessThan(250 * 1024);
  await page.context().close();
});
