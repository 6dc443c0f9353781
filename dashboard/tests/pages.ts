// A browser on the dashboard, and what every page must keep: no serious finding of axe, nothing wider than the screen, no
// word left untranslated. With SHOTS set to a folder each page is also written there as a picture, to be looked at.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Looking {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly locale?: string;
  /** Of a session, for this server. */
  readonly cookie?: string;
  readonly url?: string;
}

/** A page of its own, as somebody with this screen and language has it; errors of its scripts are kept. */
export async function openPage(browser: Browser, look: Looking = {}): Promise<{ page: Page; errors: string[] }> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: look.width ?? 1360, height: look.height ?? 900 },
    colorScheme: look.dark === true ? 'dark' : 'light',
    locale: look.locale ?? 'en-GB',
    reducedMotion: 'reduce',
  });
  const [name, value] = (look.cookie ?? '').split('=');
  if (name && value && look.url) await context.addCookies([{ name, value, url: look.url }]);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, errors };
}

/** Waits until nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('#root main');
  await page.waitForFunction(() => document.querySelector('.mantine-Loader-root, [aria-busy="true"]') === null);
  await page.waitForTimeout(350);
}

/** Serious and critical findings of axe, each with its first place. */
export async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`,
    );
}

/** By how many pixels the page is wider than the screen. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));

/** Names of words that stand where words should. */
export async function untranslated(page: Page): Promise<string[]> {
  // biome-ignore lint/performance/useDomNodeTextContent: only what is seen; styles and scripts are no words
  const text = await page.locator('body').innerText();
  return [
    ...text.matchAll(
      /\b(?:nav|state|figure|status|reason|step|way|canvas|journeys?|people|messages?|sandbox|editor|overview|person|settings|line|guide|segments|sources|senders|change|specs)\.[a-z][A-Za-z_.]+/g,
    ),
  ]
    .map(([word]) => word)
    .filter((word) => !word.endsWith('.yaml'));
}

export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS;
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
