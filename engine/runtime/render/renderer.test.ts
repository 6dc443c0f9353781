import { afterAll, describe, expect, test } from '@jest/globals';
import { html as email, requestOf, sms, templateOf, URLS } from '../../testing/render-requests.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
afterAll(() => renderer.close());

describe('rendering', () => {
  test('escapes what a customer typed, in text and attributes, unless raw is asked for', async () => {
    const of = email('<p title="{{ profile.name }}">{{ profile.name }} {{ profile.name | raw }}</p>');
    const { html } = await renderer.render(requestOf(of, { profile: { name: '"><b>' } }));
    expect(html).toBe('<p title="&#34;&gt;&lt;b&gt;">&#34;&gt;&lt;b&gt; "><b></p>');
  });

  test('an undefined variable renders empty and is told once; a default and an if are not', async () => {
    const of = sms(
      '{{ profile.first_name }}{{ profile.first_name }}{{ vars.code }}{{ profile.nick | default: "you" }}{% if profile.vip %}!{% endif %}',
    );
    const { text, faults } = await renderer.render(requestOf(of));
    expect(text).toBe('you');
    expect(faults).toEqual(['profile.first_name', 'vars.code']);
  });

  test('links are made countable, ours and mail addresses are left alone, and the pixel stands before the end', async () => {
    const of = email(
      '<body><a href="https://a.example/?x=1&amp;y=2">a</a><a href="{{ message.url.unsubscribe }}">u</a><a href="mailto:a@b.c">m</a></body>',
    );
    const { html, text } = await renderer.render(
      requestOf(
        of,
        {},
        { links: (url) => `https://t.example/c/${encodeURIComponent(url)}`, pixel: 'https://t.example/o/1' },
      ),
    );
    expect(html).toContain('href="https://t.example/c/https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2"');
    expect(html).toContain(`href="${URLS.unsubscribe}"`);
    expect(html).toContain('href="mailto:a@b.c"');
    expect(html).toMatch(/<img src="https:\/\/t.example\/o\/1"[^>]*><\/body>/);
    expect(text).toContain('https://t.example/c/');
  });

  test('the hash is of what was rendered, not of its counted links', async () => {
    const of = email('<a href="https://a.example">a</a>');
    const [one, two] = [
      await renderer.render(requestOf(of, {}, { links: (url) => `${url}?1` })),
      await renderer.render(requestOf(of, {}, { links: (url) => `${url}?2` })),
    ];
    expect(one.hash).toBe(two.hash);
    expect(one.html).not.toBe(two.html);
  });

  test('without counting, links stay as they are', async () => {
    const body = '<a href="https://a.example/?x=1&amp;y=2">a</a>';
    expect((await renderer.render(requestOf(email(body)))).html).toBe(body);
  });

  test('a link is counted as a browser would read it', async () => {
    const seen: string[] = [];
    const of = email(
      '<a class="b" href=\'{{ vars.u }}\'>a</a><A HREF="https://b.example">b</A><a href="#top">c</a><a href="tel:1">d</a>',
    );
    await renderer.render(
      requestOf(
        of,
        { vars: { u: `https://a.example/?q='a'&b=<c>` } },
        {
          links: (url) => {
            seen.push(url);
            return url;
          },
        },
      ),
    );
    expect(seen.slice(0, 2)).toEqual([`https://a.example/?q='a'&b=<c>`, 'https://b.example']);
  });

  test('the preheader stands hidden at the top of the HTML and not in the text', async () => {
    const of = email(
      '<html><body class="x"><p>Body</p></body></html>',
      'subject: x\npreheader: {{ brand.name }} & you',
    );
    const { html, text } = await renderer.render(requestOf(of));
    expect(html).toMatch(/<body class="x"><div style="display:none[^>]*>Lumen &amp; you/);
    expect(text).toBe('Body');
  });

  test('a step’s own subject takes the place of the template’s', async () => {
    const of = email('x', 'subject: {{ vars.never }}');
    const { headers, faults } = await renderer.render(requestOf(of, {}, { subject: 'For {{ brand.name }}' }));
    expect([headers.subject, faults]).toEqual(['For Lumen', []]);
  });
});

describe('the text part', () => {
  test('is made from the HTML: links are kept, images and what is hidden are not', async () => {
    const of = email(
      '<html><head><title>T</title><style>p{}</style></head><body><div style="display:none">preview</div><h1>{{ brand.name }}</h1><p>Two<br>lines &amp; <a href="{{ brand.url }}">a link</a>, <a href="{{ brand.url }}">{{ brand.url }}</a></p><img src="x" alt="image"><table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table></body></html>',
    );
    expect((await renderer.render(requestOf(of))).text).toBe(
      'Lumen\n\nTwo\nlines & a link (https://lumen.example), https://lumen.example\n\na b\nc',
    );
  });

  test('shows what a customer typed as they typed it, and raw HTML as text', async () => {
    const of = email('<h4>{{ profile.n }}</h4><p>{{ profile.n | escape }} {{ vars.h | raw }}</p>');
    const { text } = await renderer.render(
      requestOf(of, { profile: { n: 'A & <b>' }, vars: { h: '<b>bold</b> &amp; <a href="x">link</a>' } }),
    );
    expect(text).toBe('A & <b>\n\nA & <b> bold & link');
  });

  test('knows what the head assigned', async () => {
    const of = email('<html><head>{% assign a = "A" %}</head><body>{{ a }}</body></html>');
    expect(await renderer.render(requestOf(of))).toMatchObject({ text: 'A', faults: [] });
  });

  test('is the file beside the HTML where there is one', async () => {
    const textPart = templateOf('j/m.email.txt', 'Plain {{ brand.name }}, {{ profile.missing }}');
    const { text, html, faults } = await renderer.render(requestOf(email('<p>Rich</p>'), {}, { textPart }));
    expect([text, html, faults]).toEqual(['Plain Lumen,', '<p>Rich</p>', ['profile.missing']]);
  });
});

describe('what is undefined', () => {
  test.each([
    ['{{ vars.a }}{{ vars.a | upcase }}', ['vars.a']],
    ['{{ vars.a.b.c }}{{ trigger.items[0].title }}', ['trigger.items.0.title', 'vars.a.b.c']],
    ['{{ "x" | append: vars.a }}', ['vars.a']],
    ['{% for i in vars.list %}{{ i }}{% endfor %}', ['vars.list']],
    ['{% for i in brand.list %}{{ i.no }}{% endfor %}', ['i.no']],
    ['{{ vars.a | default: "x" }}{{ vars.a | upcase | default: "x" }}', []],
    ['{% if vars.a %}{% elsif vars.b == 1 %}{% endif %}{% unless vars.c %}{% endunless %}', []],
    ['{% case vars.a %}{% when 1 %}{% endcase %}', []],
    ['{% assign a = vars.a %}{% if a %}{{ a }}{% endif %}', []],
    ['{{ profile.nothing }}', []],
  ])('%s tells %j', async (text, expected) => {
    const data = { profile: { nothing: null }, brand: { list: [{}] } };
    expect((await renderer.render(requestOf(sms(text), data))).faults).toEqual(expected);
  });
});

test('the same text read again is filled anew each time', async () => {
  const body = '<p>{{ profile.n }}</p>';
  for (const n of [1, 2, 3]) {
    const { html } = await renderer.render(requestOf(email(body), { profile: { n } }));
    expect(html).toContain(`<p>${n}</p>`);
  }
});
