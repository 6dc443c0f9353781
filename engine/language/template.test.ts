import { describe, expect, test } from '@jest/globals';
import { chooseTemplate, parseTemplatePath, readTemplate, templateVariables } from './template.ts';

const faults = (path: string, text: string) =>
  readTemplate(path, text).faults.map(({ code, place, message }) => `${code} ${place.line}:${place.column} ${message}`);

describe('a template’s path', () => {
  test.each([
    ['cart/reminder.email.mjml', 'cart reminder null email mjml'],
    ['journeys/cart/reminder.ru.email.html', 'cart reminder ru email html'],
    ['cart/last-call.pt-BR.sms.txt', 'cart last-call pt-BR sms txt'],
    ['cart/reminder.email.txt', 'cart reminder null email txt'],
  ])('%s is read', (path, expected) => {
    const name = parseTemplatePath(path);
    expect(`${name?.journey} ${name?.name} ${name?.locale} ${name?.channel} ${name?.format}`).toBe(expected);
  });

  test.each([
    'cart/nudge.push.html',
    'cart/reminder.mjml',
    'reminder.email.mjml',
    'cart/a.fax.txt',
    'cart/journey.yaml',
  ])('%s names no template', (path) => {
    expect(parseTemplatePath(path)).toBeNull();
  });
});

describe('headers', () => {
  test('stand above the first line that is just ---, each to the end of its line, and need no quotes', () => {
    const { template } = readTemplate(
      'cart/nudge.push.txt',
      'title: "Hi": {{ profile.first_name }} # now\naction: Look | https://a.example\naction: Later | https://b.example\n---\nfirst\n---\nsecond',
    );
    expect(template?.headers.map(({ name, value }) => [name, value])).toEqual([
      ['title', '"Hi": {{ profile.first_name }} # now'],
      ['action', 'Look | https://a.example'],
      ['action', 'Later | https://b.example'],
    ]);
    expect([template?.body, template?.bodyLine]).toEqual(['first\n---\nsecond', 5]);
  });

  test('a file without that line has none; Windows line ends and a byte order mark change nothing', () => {
    expect(readTemplate('c/a.sms.txt', 'subject: hi\nthere').template).toMatchObject({
      headers: [],
      body: 'subject: hi\nthere',
      bodyLine: 1,
    });
    expect(readTemplate('c/a.email.html', '\uFEFFsubject: hi\r\n---\r\nx\r\ny').template).toMatchObject({
      headers: [{ name: 'subject', value: 'hi', line: 1 }],
      body: 'x\ny',
    });
  });

  test('every wrong one is told with its line and what was meant', () => {
    expect(faults('c/a.email.html', 'subjekt: a\nno header\n\nsubject: a\nsubject: b\nX-Evil: 1\n---\nx')).toEqual([
      'E_TEMPLATE_HEADER 1:1 a template for email has no header "subjekt". Did you mean "subject"?',
      'E_TEMPLATE_HEADER 2:1 a header is written `name: text`; this line is "no header".',
      'E_TEMPLATE_HEADER 5:1 "subject" stands here once too often.',
      'E_TEMPLATE_HEADER 6:1 a template for email has no header "X-Evil". It may have: subject, preheader, from, reply_to, category.',
    ]);
    expect(faults('c/a.push.txt', 'action: a|b\naction: a|b\naction: a|b\n---\n')).toHaveLength(1);
    expect(faults('c/a.sms.txt', 'subject: a\n---\nx')).toHaveLength(1);
    expect(faults('c/a.sms.txt', 'category: news\n---\nx')).toEqual([]);
  });

  test('a mail without a subject is warned about, its text part and other channels are not', () => {
    expect(faults('c/a.email.html', 'x')[0]).toMatch(/^W_NO_SUBJECT 1:1/);
    expect(faults('c/a.email.txt', 'x')).toEqual([]);
    expect(faults('c/a.sms.txt', 'x')).toEqual([]);
  });
});

describe('Liquid', () => {
  test.each([
    ['a\n  {{ x | mony }}', 'E_TEMPLATE_LIQUID 2:3 there is no filter "mony". Did you mean "money"?'],
    ['category: n\n---\na\n{% iff x %}', 'E_TEMPLATE_LIQUID 4:1 there is no Liquid tag "iff". Did you mean "if"?'],
    ['category: {{ x\n---\na', 'E_TEMPLATE_LIQUID 1:11 output "{{ x" not closed.'],
    ['{% if x %}a', 'E_TEMPLATE_LIQUID 1:1 tag {% if x %} not closed.'],
    ['{{ now | date_to_rfc822 }}', 'E_TEMPLATE_LIQUID 1:1 there is no filter "date_to_rfc822".'],
  ])('%j is told with line and column', (text, expected) => {
    expect(faults('c/a.sms.txt', text)).toEqual([expected]);
  });

  test.each(['include', 'render', 'layout', 'block'])('P26 %s reads no other file, however it is written', (tag) => {
    for (const text of [`{% ${tag} "x" %}`, `{%-${tag} "x"-%}`, `{% liquid\n ${tag} "x" %}`])
      expect(faults('c/a.sms.txt', text)[0]).toContain(`{% ${tag} %} is not available`);
    expect(faults('c/a.sms.txt', `{% raw %}{% ${tag} "x" %}{% endraw %}`)).toEqual([]);
  });

  test('what a template reads is known, what it makes itself is left out', () => {
    const { template } = readTemplate(
      'c/a.push.txt',
      'title: {{ profile.first_name | default: vars.nick }}\n---\n{% for item in trigger.items %}{{ item.price }}{{ forloop.index }}{% endfor %}{% assign a = vars["code"] %}{{ a }}{{ trigger.items[0].title }}',
    );
    expect(template && templateVariables(template)).toEqual([
      'profile.first_name',
      'trigger.items',
      'vars.code',
      'vars.nick',
    ]);
  });
});

test('a template of more than 200 KB is refused before it is read', () => {
  expect(faults('c/a.sms.txt', '{{'.repeat(500_000))).toEqual([expect.stringMatching(/^E_TEMPLATE_SIZE/)]);
});

test('a person gets the template in their locale, else its language, else the one without', () => {
  const named = (locale: string) => {
    const { template } = readTemplate(`c/a${locale === '' ? '' : `.${locale}`}.sms.txt`, 'x');
    if (template === undefined) throw new Error(locale);
    return template;
  };
  const all = ['', 'ru', 'pt-BR', 'en'].map(named);
  const chosen = (locale: string) => chooseTemplate(all, locale)?.locale;
  expect([
    chosen('pt-BR'),
    chosen('pt_br'),
    chosen('ru-RU'),
    chosen('RU'),
    chosen('pt'),
    chosen('de'),
    chosen(''),
  ]).toEqual(['pt-BR', 'pt-BR', 'ru', 'ru', null, null, null]);
  expect(chooseTemplate([named('ru')], 'en')).toBeUndefined();
});
