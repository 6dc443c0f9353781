import { afterAll, describe, expect, test } from '@jest/globals';
import { mjml, requestOf } from '../../testing/render-requests.ts';
import { MjmlCompiler } from './mjml.ts';
import { createRenderer } from './renderer.ts';

const renderer = createRenderer();
afterAll(() => renderer.close());

const mail = (body: string, head = '') => mjml(`<mjml>${head}<mj-body>${body}</mj-body></mjml>`);
const column = (content: string) => `<mj-section><mj-column>${content}</mj-column></mj-section>`;
const ITEMS = { trigger: { items: [{ title: 'Lamp' }, { title: 'Bulb' }] } };
const textOf = async (template: ReturnType<typeof mjml>, data: Record<string, unknown> = ITEMS) => {
  const { text, faults } = await renderer.render(requestOf(template, data));
  return { text: text.split(/\s+/).join(' '), faults };
};
const checked = async (body: string) =>
  (await renderer.check(mjml(body))).map(({ place, message }) => `${place.line} ${message}`);

describe('MJML with Liquid', () => {
  const loop = (inside: string) => `{% for item in trigger.items %}${inside}{% endfor %}`;
  test.each([
    ['sections', mail(loop(column('<mj-text>{{ item.title }}</mj-text>')))],
    ['columns', mail(`<mj-section>${loop('<mj-column><mj-text>{{ item.title }}</mj-text></mj-column>')}</mj-section>`)],
    ['elements of a column', mail(column(loop('<mj-text>{{ item.title }}</mj-text>')))],
    ['rows of a table', mail(column(`<mj-table>${loop('<tr><td>{{ item.title }}</td></tr>')}</mj-table>`))],
    ['words', mail(column(`<mj-text>${loop('{{ item.title }} ')}</mj-text>`))],
    ['sections of a wrapper', mail(`<mj-wrapper>${loop(column('<mj-text>{{ item.title }}</mj-text>'))}</mj-wrapper>`)],
  ])('loops around %s', async (_, template) => {
    expect(await renderer.check(template)).toEqual([]);
    expect(await textOf(template)).toEqual({ text: 'Lamp Bulb', faults: [] });
  });

  test('an element that closes itself hides no Liquid after it', async () => {
    const template = mail(
      column('<mj-text />{% if vars.no %}<mj-text>no</mj-text>{% endif %}<mj-text>{{ brand.name }}</mj-text>'),
    );
    expect(await renderer.check(template)).toEqual([]);
    expect((await textOf(template)).text).toBe('Lumen');
  });

  test('stands in attributes, whatever its quotes and comparisons', async () => {
    const template = mail(
      column(
        '<mj-button background-color="{{ brand.color }}" href="{% if 3 > 2 %}{{ brand.url | append: "/?a=1&b=2" }}{% endif %}">Go</mj-button>',
      ),
    );
    expect(await renderer.check(template)).toEqual([]);
    const { html } = await renderer.render(
      requestOf(template, { brand: { url: 'https://l.example', color: '#123456' } }),
    );
    expect(html).toContain('href="https://l.example/?a=1&amp;b=2"');
    expect(html).toMatch(/bgcolor="#123456"/);
  });

  test.each([
    ['above', mjml('{% assign a = "A" %}<mjml><mj-body>{{ a }}</mj-body></mjml>')],
    ['inside', mjml('<mjml>{% assign a = "A" %}<mj-body>{{ a }}</mj-body></mjml>')],
    ['in the head of', mail('{{ a }}', '<mj-head>{% assign a = "A" %}</mj-head>')],
  ])('assigns %s the document, for HTML and text', async (_, template) => {
    expect(await renderer.check(template)).toEqual([]);
    const { html, text, faults } = await renderer.render(requestOf(template));
    expect([html?.includes('>A<') || html?.includes('A'), text, faults]).toEqual([true, 'A', []]);
  });

  test('comments and raw blocks are whole, with what they hold', async () => {
    const template = mail(
      column(
        '{% comment %}<mj-text>{% if %}{{ no</mj-text>}}{% endcomment %}<mj-text>{% raw %}{{ x }}{% endraw %}</mj-text>',
      ),
    );
    expect(await textOf(template)).toEqual({ text: '{{ x }}', faults: [] });
  });

  test('loads no fonts from elsewhere', async () => {
    const { html } = await renderer.render(requestOf(mail(column('<mj-text font-family="Roboto">x</mj-text>'))));
    expect(html).not.toContain('fonts.googleapis.com');
  });
});

describe('what is wrong with MJML is told with its line', () => {
  test.each([
    [
      '<mjml><mj-body>\n<mj-sekshun></mj-sekshun></mj-body></mjml>',
      "4 Element mj-sekshun doesn't exist or is not registered.",
    ],
    [
      '<mjml><mj-body>\n{{ a\n\n}}\n<mj-sekshun></mj-sekshun></mj-body></mjml>',
      "7 Element mj-sekshun doesn't exist or is not registered.",
    ],
    ['<mjml><mj-body>\n\n<mj-section></mj-body></mjml>', '5 <mj-section> is not closed.'],
    ['<mjml><mj-body></mj-section></mj-body></mjml>', '3 </mj-section> closes nothing.'],
    [
      '<mjml><mj-body>\n<mj-include path="/etc/passwd" /></mj-body></mjml>',
      '4 mj-include is not available: a template is one file.',
    ],
    [
      '<mjml><mj-body>{% if a %}<mj-section>{% endif %}</mj-section></mj-body></mjml>',
      '3 {% endif %} stands in another element than its {% if a %}: Liquid goes around whole elements.',
    ],
    [
      '<mjml><mj-body><mj-section><mj-column width="{{ a }}"></mj-column></mj-section></mj-body></mjml>',
      '3 Attribute width has invalid value: {{ a }} for type Unit, only accepts (px, %) units and 1 value(s).',
    ],
    ['<p>no</p>', '3 Malformed MJML. Check that your structure is correct and enclosed in <mjml> tags.'],
  ])('%j', async (body, expected) => {
    expect(await checked(body)).toContain(expected);
  });

  test('Liquid that MJML would drop in silence', async () => {
    const attributes =
      '<mj-head><mj-attributes>\n{% if a %}<mj-text color="red"/>{% endif %}</mj-attributes></mj-head>';
    expect(await checked(`<mjml>${attributes}<mj-body></mj-body></mjml>`)).toEqual([
      '4 {% if a %} cannot stand here: MJML has no place for it.',
      '4 {% endif %} cannot stand here: MJML has no place for it.',
    ]);
  });

  test('a message is not sent from MJML that cannot be read', async () => {
    await expect(renderer.render(requestOf(mjml('<p>no</p>')))).rejects.toThrow(/Malformed MJML/);
  });
});

describe('the thread', () => {
  test('P26 gives up a template that takes too long, and compiles the next', async () => {
    const compiler = new MjmlCompiler(1);
    const late = compiler.compile(mail(column('<mj-text>x</mj-text>').repeat(500)).body);
    await expect(late).rejects.toThrow('not compiled after');
    await compiler.close();
  });

  test('those that wait behind one that is given up are compiled by the next thread', async () => {
    const compiler = new MjmlCompiler(3_000);
    // Every `<!--` searches the rest of the document for an end that is not there.
    const hostile = compiler.compile(`<mjml><mj-body>${'<!--'.repeat(2_000_000)}</mj-body></mjml>`);
    const good = compiler.compile('<mjml><mj-body></mj-body></mjml>');
    await expect(hostile).rejects.toThrow('not compiled after');
    expect((await good).errors).toEqual([]);
    await compiler.close();
  });

  test('a closed renderer leaves nobody waiting', async () => {
    const compiler = new MjmlCompiler();
    const waiting = expect(compiler.compile('<mjml></mjml>')).rejects.toThrow('closed');
    await compiler.close();
    await waiting;
  });
});
