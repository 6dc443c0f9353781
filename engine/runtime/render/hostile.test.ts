// P26 and P25: templates and customers that mean harm.

import { afterAll, describe, expect, test } from '@jest/globals';
import { html, push, requestOf, sms, templateOf, URLS } from '../../testing/render-requests.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
afterAll(() => renderer.close());

describe('P26 a hostile template', () => {
  test.each([
    '{{ profile.constructor }}{{ profile.__proto__ }}{{ profile.toString }}{{ profile.hasOwnProperty }}',
    '{{ vars.constructor.constructor }}{{ vars["__proto__"]["constructor"] }}{{ trigger.items.constructor }}',
    '{{ constructor }}{{ __proto__ }}{{ this }}{{ self }}{{ global }}{{ process }}{{ process.env.PATH }}{{ require }}',
    '{% assign a = "constructor" %}{{ profile[a] }}{{ trigger.items | map: "constructor" }}{{ trigger.items | map: "__proto__" }}',
    '{{ manner }}{{ lenient }}{{ liquid }}{{ environments }}{{ opts }}',
    '{{ trigger.items | where_exp: "i", "i.constructor.constructor" }}',
  ])('reads no prototype, no environment and nothing of the engine: %s', async (text) => {
    const rendered = await renderer.render(requestOf(sms(`${text}|`), { trigger: { items: [{}] } }));
    expect(rendered.text).toBe('|');
  });

  test('changes nothing that the next message sees', async () => {
    const profile = { visits: 1, tags: ['a'] };
    const of = sms('{% increment profile %}{% assign brand = "x" %}{{ profile.tags | push: "b" | size }}{{ brand }}');
    const context = requestOf(of, { profile });
    await renderer.render(context);
    expect((await renderer.render(requestOf(sms('{{ brand.name }}{{ profile.tags | size }}'), { profile }))).text).toBe(
      'Lumen1',
    );
    expect(profile).toEqual({ visits: 1, tags: ['a'] });
  });

  const DOUBLED = '{% assign a = "xxxxxxxxxx" %}';
  test.each([
    ['loops within loops', '{% for a in (1..99999) %}{% for b in (1..99999) %}{{ a }}{% endfor %}{% endfor %}'],
    ['empty loops', '{% for a in (1..9999) %}{% for b in (1..9999) %}{% endfor %}{% endfor %}'],
    ['a range without end', '{% for a in (1..999999999) %}{% endfor %}'],
    ['text that doubles', `${DOUBLED}${'{% capture a %}{{ a }}{{ a }}{% endcapture %}'.repeat(40)}{{ a }}`],
    ['text that doubles by filters', `${DOUBLED}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}`],
    ['text that multiplies', `${DOUBLED}${'{% assign a = a | replace: "x", a %}'.repeat(9)}{{ a }}`],
    [
      'a list that holds itself',
      `{% assign a = "x,y" | split: "," %}${'{% assign a = a | push: a | push: a %}'.repeat(60)}{{ a }}`,
    ],
    [
      'a list that is joined',
      `{% assign a = "x,y" | split: "," %}${'{% assign a = a | push: a | push: a %}'.repeat(60)}{{ a | join }}`,
    ],
    [
      'sorting without end',
      `${DOUBLED}${'{% assign a = a | append: a %}'.repeat(15)}{% assign b = a | split: "" %}{% for i in (1..999) %}{% assign c = b | sort_natural %}{% endfor %}`,
    ],
    ['what is undefined, again and again', '{% for a in (1..999999) %}{{ vars.no }}{% endfor %}'],
  ])('dies within its budget: %s', async (_, text) => {
    const start = performance.now();
    await expect(renderer.render(requestOf(sms(text)))).rejects.toThrow(/limit exceeded/);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect((await renderer.render(requestOf(sms('fine')))).text).toBe('fine');
  });

  test('is held ever shorter while it misbehaves, and whole again once it behaves', async () => {
    const of = sms('{% if profile.bad %}{% for a in (1..4000000) %}{% endfor %}{% endif %}ok');
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const start = performance.now();
      await expect(renderer.render(requestOf(of, { profile: { bad: true } }))).rejects.toThrow(/limit/);
      times.push(performance.now() - start);
    }
    expect(times.at(-1)).toBeLessThan((times[0] ?? 0) / 2);
    expect((await renderer.render(requestOf(of))).text).toBe('ok');
  });

  test.each([
    ['links that never close', '<a '.repeat(60_000)],
    ['quotes that never close', '<a href="https://x <a href=\'https://y '.repeat(5_000)],
    ['comments that never close', '<!--'.repeat(45_000)],
    ['elements within elements', '<div>'.repeat(35_000)],
    ['blanks', `<p>${' '.repeat(190_000)}x</p>`],
  ])('holds up nothing by its HTML: %s', async (_, body) => {
    const start = performance.now();
    await renderer
      .render(requestOf(html(body), {}, { links: (url) => url, pixel: 'https://t.example/o' }))
      .catch(() => undefined);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test('P24 runs no script by its links, however they are written', async () => {
    const evil = [
      'javascript:alert(1)',
      ' JavaScript:alert(1)',
      'java\tscript:alert(1)',
      '\u0001javascript:x',
      'data:text/html,x',
      'vbscript:x',
    ];
    for (const url of evil) {
      const mail = html('<a href="{{ vars.u }}">a</a><area href=\'{{ vars.u }}\'>');
      expect((await renderer.render(requestOf(mail, { vars: { u: url } }))).html).toBe(
        '<a href="#">a</a><area href="#">',
      );
      const note = push('title: t\nlink: {{ vars.u }}\nicon: {{ vars.u }}\naction: A | {{ vars.u }}\n---\nx');
      const rendered = await renderer.render(requestOf(note, { vars: { u: url } }));
      expect([rendered.headers.link, rendered.headers.icon, rendered.actions]).toEqual([
        '',
        '',
        [{ label: 'A', url: '' }],
      ]);
    }
    const encoded = html(
      '<a href="javascript&colon;alert(1)">a</a><a href="&#106;avascript:x">b</a><a href="java&Tab;script:x">c</a>',
    );
    expect((await renderer.render(requestOf(encoded))).html).not.toMatch(/script/);
  });
});

describe('P25 what a customer typed', () => {
  const BREAKS = ['\r\n', '\n', '\r', '\u0085', '\u2028', '\u2029', '\u000b', '\u000c', '\u0000', '\r\n\t'];
  const mail = html(
    'x',
    'subject: {{ profile.n }}\npreheader: {{ profile.n }}\nfrom: {{ profile.n }} <shop@lumen.example>\nreply_to: {{ profile.n }}',
  );
  const note = push(
    'title: {{ profile.n }}\nlink: {{ profile.n }}\nicon: {{ profile.n }}\nimage: {{ profile.n }}\naction: {{ profile.n }} | https://a.example\n---\nx',
  );

  test.each(BREAKS.map((one) => [JSON.stringify(one), one]))('adds no header by %s', async (_, one) => {
    const profile = { n: `Anna${one}Bcc: x@evil.example` };
    for (const template of [mail, note]) {
      const { headers, actions } = await renderer.render(
        requestOf(template, { profile }, { subject: 'Hi {{ profile.n | raw }}' }),
      );
      for (const value of [...Object.values(headers), ...actions.map(({ label }) => label)]) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
        expect(value).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }
    }
  });

  test('adds no mailbox to a sender or to who is answered', async () => {
    const profile = { n: 'x@evil.example, "Bob" <bob@evil.example>; (c) group:\\' };
    const { headers } = await renderer.render(requestOf(mail, { profile }));
    expect(headers.from).toBe('x@evil.example Bob bob@evil.example c group  <shop@lumen.example>');
    expect(headers.reply_to).toBe('x@evil.example Bob bob@evil.example c group');
  });

  test('ends at a sane length, on a whole character', async () => {
    const { headers } = await renderer.render(requestOf(mail, { profile: { n: `x${'😀'.repeat(100_000)}` } }));
    expect(headers.subject).toHaveLength(899);
    expect(headers.subject?.at(-1)).toBe('\ude00');
  });

  test('is text in HTML: in content, in both kinds of quotes, in the preheader', async () => {
    const evil = `"'><script>alert(1)</script>&`;
    const of = html(
      '<p title="{{ profile.n }}" class=\'{{ profile.n }}\'>{{ profile.n }}</p>',
      'subject: x\npreheader: {{ profile.n }}',
    );
    const rendered = await renderer.render(requestOf(of, { profile: { n: evil } }));
    expect(rendered.html).not.toMatch(/<script|"'>/);
    expect(rendered.html?.match(/&lt;script&gt;/g)).toHaveLength(4);
    expect(rendered.text).toBe(evil);
  });

  test('is no Liquid', async () => {
    const profile = { n: '{{ brand.name }}{% assign x = 1 %}' };
    const rendered = await renderer.render(
      requestOf(html('{{ profile.n }}{{ profile.n | raw }}', 'subject: {{ profile.n }}'), { profile }),
    );
    expect(rendered.html).toBe(profile.n.repeat(2));
    expect(rendered.headers.subject).toBe(profile.n);
  });

  test('leaves the way out alone', async () => {
    const of = templateOf('j/m.sms.txt', 'Hi {{ message.url.unsubscribe }} https://a.example/x.');
    const { text } = await renderer.render(requestOf(of, {}, { links: () => 'https://t.example/c/1' }));
    expect(text).toBe(`Hi ${URLS.unsubscribe} https://t.example/c/1.`);
  });
});
