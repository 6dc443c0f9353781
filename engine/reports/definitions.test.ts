import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readSettings } from '../language/read-settings.ts';
import { DEFINITIONS, figuresPage } from './definitions.ts';

test('docs/figures.md is the table of definitions', () => {
  const page = readFileSync(new URL('../../docs/figures.md', import.meta.url), 'utf8');
  expect(page).toBe(figuresPage(DEFINITIONS));
});

test('each figure is defined in both languages, and in a cell of one line', () => {
  expect(Object.keys(DEFINITIONS.ru)).toEqual(Object.keys(DEFINITIONS.en));
  for (const { title, means } of [...Object.values(DEFINITIONS.en), ...Object.values(DEFINITIONS.ru)]) {
    expect(title).toMatch(/^[^|\n]+$/);
    expect(means).toMatch(/^[^|\n]+\.$/);
  }
});

test('the windows told are those that count where tropa.yaml says nothing', () => {
  const { click, open } = readSettings('tropa.yaml', 'timezone: UTC', {}).settings.attribution;
  const days = (ms: number) => ms / 86_400_000;
  expect(DEFINITIONS.en.revenue.means).toContain(`clicked within ${days(click)} days`);
  expect(DEFINITIONS.en.revenue.means).toContain(`by a person within ${days(open)} (`);
});
