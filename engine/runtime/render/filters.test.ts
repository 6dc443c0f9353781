import { describe, expect, test } from '@jest/globals';
import { requestOf, sms } from '../../testing/render-requests.ts';
import type { RenderRequest } from './renderer.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
const show = async (text: string, data: Record<string, unknown> = {}, rest: Partial<RenderRequest> = {}) => {
  const rendered = await renderer.render(requestOf(sms(text), { vars: data }, rest));
  return rendered.text.replace(/[\u00a0\u202f]/g, ' ');
};

describe('money', () => {
  test.each([
    ['en', '4990', '€4,990'],
    ['en', '49.9', '€49.90'],
    ['en', '"49.90"', '€49.90'],
    ['en', '10.001', '€10'],
    ['en', '-5', '-€5'],
    ['ru', '4990', '4 990 €'],
    ['ru', '49.9', '49,90 €'],
    ['de', '4990.5', '4.990,50 €'],
  ])('in %s of %s is %s', async (locale, value, expected) => {
    expect(await show(`{{ ${value} | money }}`, {}, { locale })).toBe(expected);
  });

  test('takes a currency of its own, and that currency’s decimals', async () => {
    expect(await show('{{ 10 | money: "usd" }} {{ 49.9 | money: "JPY" }}')).toBe('$10 ¥50');
    expect(await show('{{ 10 | money }}', {}, { currency: 'RUB', locale: 'ru' })).toBe('10 ₽');
  });
});

describe('plural', () => {
  const RU = '"товар", "товара", "товаров"';
  test.each([
    [0, 'товаров'],
    [1, 'товар'],
    [2, 'товара'],
    [4, 'товара'],
    [5, 'товаров'],
    [11, 'товаров'],
    [14, 'товаров'],
    [21, 'товар'],
    [22, 'товара'],
    [100, 'товаров'],
    [101, 'товар'],
    [111, 'товаров'],
    [1.5, 'товара'],
    [-1, 'товар'],
  ])('in Russian of %d is %s', async (n, expected) => {
    expect(await show(`{{ vars.n | plural: ${RU} }}`, { n }, { locale: 'ru' })).toBe(expected);
  });

  test.each([
    ['en', 1, 'a'],
    ['en', 0, 'b'],
    ['en', 1.5, 'b'],
    ['fr', 0, 'a'],
    ['es', 1_000_000, 'b'],
    ['ja', 1, 'a'],
    ['pl', 2, 'b'],
    ['pl', 5, 'b'],
  ])('in %s of %d with two forms is %s', async (locale, n, expected) => {
    expect(await show('{{ vars.n | plural: "a", "b" }}', { n }, { locale })).toBe(expected);
  });

  test('has a form of its own for a fraction where four are given', async () => {
    expect(await show('{{ 1.5 | plural: "1", "2", "5", "дробь" }}', {}, { locale: 'ru' })).toBe('дробь');
  });
});

describe('date', () => {
  test.each([
    ['en', 'short', '3/2/26'],
    ['en', 'medium', 'Mar 2, 2026'],
    ['en', 'long', 'March 2, 2026'],
    ['en', 'full', 'Monday, March 2, 2026'],
    ['en', 'time', '11:00 AM'],
    ['ru', 'long', '2 марта 2026 г.'],
    ['ru', 'time', '11:00'],
    ['en', '%A, %B %-d, %Y at %-I:%M %p', 'Monday, March 2, 2026 at 11:00 AM'],
    ['en', '%F %T %R %D %y %e %b %a %l%P %s %%', '2026-03-02 11:00:00 11:00 03/02/26 26 2 Mar Mon 11am 1772442000 %'],
    ['ru', '%d %B', '02 марта'],
    ['ru', '%B %Y', 'март 2026'],
    ['ru', '%A', 'понедельник'],
    ['en', '%^b %q', 'MAR %q'],
  ])('in %s as %s is %s', async (locale, format, expected) => {
    expect(await show(`{{ now | date: "${format}" }}`, {}, { locale })).toBe(expected);
  });

  test('is of the person’s zone: a moment is converted, a text without an offset is their wall clock', async () => {
    const text = '{{ vars.utc | date: "%d %H:%M" }} {{ vars.wall | date: "%d %H:%M" }} {{ vars.day | date: "%d.%m" }}';
    const data = { utc: '2026-03-02T22:30:00Z', wall: '2026-03-02T22:30', day: '1990-05-17' };
    expect(await show(text, data, { zone: 'Asia/Tokyo' })).toBe('03 07:30 02 22:30 17.05');
    expect(await show(text, data, { zone: 'America/New_York' })).toBe('02 17:30 02 22:30 17.05');
  });

  test('knows no other clock than the engine’s', async () => {
    expect(await show('{{ "now" | date: "%F" }} {{ "today" | date: "%F" }}')).toBe('2026-03-02 2026-03-02');
  });

  test('of nothing is nothing; an unknown zone is UTC', async () => {
    expect(await show('{{ vars.none | date }}|')).toBe('|');
    expect(await show('{{ now | date: "%R" }}', {}, { zone: 'Mars/Olympus' })).toBe('09:00');
  });
});

test('a filter that fails renders empty, is told once, and fails nothing else', async () => {
  const of = sms(
    '{{ "a" | money }}{{ "a" | money }}{{ 5 | money: "ZZ" }}{{ 99999999999999999999 | date }}{{ "2026-13-40" | date }}{{ "!" | base64_decode }}ok',
  );
  const { text, faults } = await renderer.render(requestOf(of));
  expect(text).toBe('ok');
  expect(faults).toEqual([
    'date: "100000000000000000000" is no moment',
    'date: "2026-13-40" is no moment',
    'invalid base64 provided to base64_decode',
    'money: "ZZ" is no currency',
    'money: "a" is no number',
  ]);
});
