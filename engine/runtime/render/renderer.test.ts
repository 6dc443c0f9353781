import { afterAll, describe, expect, test } from '@jest/globals';
import type { Template } from '../../language/template.ts';
import { chooseTemplate, readTemplate } from '../../language/template.ts';
import type { RenderRequest } from './renderer.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
afterAll(() => renderer.close());

const template = (path: string, text: string): Template => {
  const read = readTemplate(path, text);
  if (read.template === undefined) throw new Error(JSON.stringify(read.faults));
  return read.template;
};
const email = (text: string, format = 'html') => template(`j/m.email.${format}`, text);
const sms = (text: string) => template('j/m.sms.txt', text);

const URLS = {
  unsubscribe: 'https://t.example/u/1',
  preferences: 'https://t.example/u/1',
  browser: 'https://t.example/b/1',
};
const request = (
  of: Template,
  rest: Partial<RenderRequest> = {},
  data: Record<string, unknown> = {},
): RenderRequest => ({
  template: of,
  context: {
    profile: {},
    trigger: {},
    vars: {},
    brand: { name: 'Lumen' },
    now: Date.UTC(2026, 2, 2, 9),
    message: { url: URLS },
    ...data,
  } as RenderRequest['context'],
  zone: 'Europe/Riga',
  locale: 'en',
  currency: 'EUR',
  ...rest,
});

describe('rendering', () => {
  test('escapes what a customer typed, in text and attributes, unless raw is asked for', async () => {
    const of = email('subject: x\n---\n<p title="{{ profile.name }}">{{ profile.name }} {{ profile.name | raw }}</p>');
    const { html } = await renderer.render(request(of, {}, { profile: { name: '"><b>' } }));
    expect(html).toBe('<p title="&#34;&gt;&lt;b&gt;">&#34;&gt;&lt;b&gt; "><b></p>');
  });

  test('P25 a header is one line, whatever a profile holds', async () => {
    const evil = 'Anna\r\nBcc: x@example.com\u2028Cc: y\u0000\u0085z, "q"';
    const of = email(
      'subject: {{ profile.name }}\npreheader: {{ profile.name }}\nfrom: {{ profile.name }} <a@example.com>\nreply_to: {{ profile.name }}\n---\nx',
    );
    const { headers } = await renderer.render(
      request(of, { subject: 'Hi {{ profile.name }}' }, { profile: { name: evil } }),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
    for (const value of Object.values(headers)) expect(value).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(headers.subject).toBe('Hi Anna Bcc: x@example.com Cc: y z, "q"');
  });

  test('an undefined variable renders empty and is told once; a default and an if are not', async () => {
    const of = sms(
      '{{ profile.first_name }}{{ profile.first_name }}{{ vars.code }}{{ profile.nick | default: "you" }}{% if profile.vip %}!{% endif %}',
    );
    const { text, faults } = await renderer.render(request(of));
    expect(text).toBe('you');
    expect(faults).toEqual(['profile.first_name', 'vars.code']);
  });

  test.each([
    ['ru', 1, 'товар'],
    ['ru', 3, 'товара'],
    ['ru', 5, 'товаров'],
    ['ru', 11, 'товаров'],
    ['ru', 21, 'товар'],
    ['en', 1, 'товар'],
    ['en', 2, 'товара'],
  ])('plural in %s of %d is %s', async (locale, count, expected) => {
    const of = sms('{{ vars.n | plural: "товар", "товара", "товаров" }}');
    expect((await renderer.render(request(of, { locale }, { vars: { n: count } }))).text).toBe(expected);
  });

  test('money and dates are written in the reader’s language, currency and zone', async () => {
    const of = sms(
      '{{ 4990 | money }} / {{ 49.9 | money }} / {{ 10 | money: "USD" }} / {{ now | date: "%H:%M" }} / {{ now | date: "long" }} / {{ "x" | money }}',
    );
    expect((await renderer.render(request(of))).text).toBe('€4,990 / €49.90 / $10 / 11:00 / March 2, 2026 /');
    const russian = (await renderer.render(request(of, { locale: 'ru', zone: 'Asia/Tokyo' }))).text.replaceAll(
      '\u00a0',
      ' ',
    );
    expect(russian).toBe('4 990 € / 49,90 € / 10 $ / 18:00 / 2 марта 2026 г. /');
  });

  test('MJML with loops around its elements is compiled once and rendered for each person', async () => {
    const of = email(
      'subject: x\n---\n<mjml><mj-body>{% for item in trigger.items %}<mj-section><mj-column><mj-text>{{ item.title }}</mj-text></mj-column></mj-section>{% endfor %}</mj-body></mjml>',
      'mjml',
    );
    const { html, text } = await renderer.render(
      request(of, {}, { trigger: { items: [{ title: 'Lamp' }, { title: 'Bulb' }] } }),
    );
    expect(html?.match(/Lamp|Bulb/g)).toEqual(['Lamp', 'Bulb']);
    expect(html).not.toContain('fonts.googleapis.com');
    expect(text.split(/\s+/)).toEqual(['Lamp', 'Bulb']);
  });

  test('links are made countable, ours and mail addresses are left alone, and the pixel stands before the end', async () => {
    const of = email(
      'subject: x\n---\n<body><a href="https://a.example/?x=1&amp;y=2">a</a><a href="{{ message.url.unsubscribe }}">u</a><a href="mailto:a@b.c">m</a></body>',
    );
    const { html, text } = await renderer.render(
      request(of, { links: (url) => `https://t.example/c/${encodeURIComponent(url)}`, pixel: 'https://t.example/o/1' }),
    );
    expect(html).toContain('href="https://t.example/c/https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2"');
    expect(html).toContain(`href="${URLS.unsubscribe}"`);
    expect(html).toContain('href="mailto:a@b.c"');
    expect(html).toMatch(/<img src="https:\/\/t.example\/o\/1"[^>]*><\/body>/);
    expect(text).toContain('https://t.example/c/');
  });

  test('the hash is of what was rendered, not of its counted links', async () => {
    const of = email('subject: x\n---\n<a href="https://a.example">a</a>');
    const [one, two] = [
      await renderer.render(request(of, { links: (url) => `${url}?1` })),
      await renderer.render(request(of, { links: (url) => `${url}?2` })),
    ];
    expect(one.hash).toBe(two.hash);
    expect(one.html).not.toBe(two.html);
  });
});

describe('P26 a hostile template', () => {
  test('reads no prototype and no file', async () => {
    const of = sms('{{ profile.constructor }}{{ profile.__proto__ }}{{ vars.constructor.constructor }}|');
    expect((await renderer.render(request(of))).text).toBe('|');
    for (const tag of ["{% include 'x' %}", "{% render '/etc/passwd' %}", "{% layout 'x' %}"]) {
      expect(readTemplate('j/m.sms.txt', tag).faults[0]?.code).toBe('E_TEMPLATE_LIQUID');
    }
  });

  test('dies within its budget while others go on', async () => {
    const endless = sms('{% for a in (1..100000) %}{% for b in (1..100000) %}{{ a }}{% endfor %}{% endfor %}');
    await expect(renderer.render(request(endless))).rejects.toThrow(/limit/);
    expect((await renderer.render(request(sms('fine')))).text).toBe('fine');
  });

  test('of a megabyte is refused', () => {
    expect(readTemplate('j/m.sms.txt', 'x'.repeat(1_000_000)).faults[0]?.code).toBe('E_TEMPLATE_SIZE');
  });
});

describe('choosing a template', () => {
  const named = (locale: string | null): Template => ({ ...sms('x'), locale });
  test('the exact locale, else its language, else the one without', () => {
    const all = [named(null), named('ru'), named('pt-BR')];
    expect(chooseTemplate(all, 'pt-BR')?.locale).toBe('pt-BR');
    expect(chooseTemplate(all, 'ru-RU')?.locale).toBe('ru');
    expect(chooseTemplate(all, 'pt')?.locale).toBeNull();
    expect(chooseTemplate([named('ru')], 'en')).toBeUndefined();
  });
});
