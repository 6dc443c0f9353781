import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { formDoor } from './form.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const doorWith = (options: JsonObject = {}) =>
  formDoor({ name: 'lead', type: 'form', options: { token: 'tk_1', ...options } });

function request(body: string, headers: Record<string, string> = {}) {
  return { headers: { ':path': '/hooks/lead', ...headers }, body: Buffer.from(body), received: NOW, ip: null };
}
const read = (options: JsonObject, body: string, headers?: Record<string, string>) =>
  doorWith(options)
    .translate(request(body, headers))
    .events.map(({ id, name, who, data }) => ({ id, name, who, data }));

/** As Tilda sends it. */
const TILDA =
  'Name=%D0%90%D0%BD%D0%BD%D0%B0+%D0%9F%D0%B5%D1%82%D1%80%D0%BE%D0%B2%D0%B0&Email=Anna%40b.example&Phone=%2B7+(916)+123-45-67&agree=yes&COOKIES=_ga%3D1&tranid=12%3A34&formid=form9&formname=Lead';
const WHO = ['email:anna@b.example', 'phone:+79161234567'];

describe('a form', () => {
  test('of Tilda is read without being told how', () => {
    expect(read({}, TILDA)).toEqual([
      {
        id: '12:34',
        name: 'form.submitted',
        who: WHO,
        data: {
          name: 'Анна Петрова',
          email: 'Anna@b.example',
          phone: '+7 (916) 123-45-67',
          agree: 'yes',
          id: '12:34',
          formid: 'form9',
          formname: 'Lead',
        },
      },
      {
        id: '12:34/traits',
        name: 'profile.updated',
        who: WHO,
        data: { first_name: 'Анна', last_name: 'Петрова', email: 'Anna@b.example', phone: '+7 (916) 123-45-67' },
      },
    ]);
  });
  test('is read by the names that settings give its fields', () => {
    const fields = { email: 'contact', user: 'ticket', favourite: 'Любимый цвет', id: 'nr' };
    const body = JSON.stringify({
      contact: 'a@b.example',
      ticket: 77,
      'Любимый цвет': 'red',
      nr: 5,
      email: 'friend@b.example',
    });
    expect(read({ fields, event: 'ticket.bought' }, body)).toEqual([
      {
        id: '5',
        name: 'ticket.bought',
        who: ['user:77', 'email:a@b.example'],
        data: { email: 'a@b.example', user: 77, favourite: 'red', id: 5 },
      },
      {
        id: '5/traits',
        name: 'profile.updated',
        who: ['user:77', 'email:a@b.example'],
        data: { email: 'a@b.example', favourite: 'red' },
      },
    ]);
  });
  test('is another event each time it is filled in, where nothing names it', () => {
    expect(read({}, 'email=a%40b.example').map(({ id }) => id)).toEqual([null, null]);
    expect(read({}, 'email=a%40b.example', { 'idempotency-key': 'k' })[0]?.id).toBe('k');
  });
  test('with several values of one name keeps them all', () => {
    expect(read({}, 'email=a%40b.example&size=M&size=L')[0]?.data.size).toBe('M, L');
  });
  test('can be mapped like any webhook', () => {
    const map = {
      event: 'body.kind',
      events: { lead: { name: 'lead.made', who: { email: 'body.mail' }, data: { n: 'body.n' } } },
    };
    expect(read({ map }, 'kind=lead&mail=a%40b.example&n=3&token=tk_1')).toEqual([
      { id: null, name: 'lead.made', who: ['email:a@b.example'], data: { n: '3' } },
    ]);
  });
  test('that is no form is refused as a whole', () => {
    for (const [body, headers] of [
      ['--x', { 'content-type': 'multipart/form-data; boundary=x' }],
      ['[1]', {}],
      ['{', {}],
    ] as const)
      expect(() => read({}, body, headers)).toThrow(expect.objectContaining({ code: 'E_BAD_REQUEST' }));
    expect(() => read({}, 'a=1&'.repeat(1001))).toThrow(expect.objectContaining({ code: 'E_TOO_LARGE' }));
  });
  test('answers the test of Tilda with nothing, also where its key came along', () => {
    expect(read({}, 'test=test')).toEqual([]);
    expect(read({}, 'test=test&token=tk_1')).toEqual([]);
  });
});

describe('the checkbox', () => {
  const consent = { field: 'agree', channel: ['email', 'sms'], text: 'I want letters', version: '3', category: 'news' };
  const said = (body: string, options: JsonObject = { consent }) =>
    read(options, body)
      .filter(({ name }) => name === 'consent.granted')
      .map(({ data }) => data);
  test('is a yes with its proof, for each channel', () => {
    const proof = { source: 'form', text: 'I want letters', version: '3', category: 'news' };
    expect(said(TILDA)).toEqual([
      { channel: 'email', ...proof },
      { channel: 'sms', ...proof },
    ]);
  });
  test('may send its own words', () => {
    const options = { consent: { field: 'agree' } };
    expect(said('email=a%40b.example&agree=I+agree+to+letters', options)).toEqual([
      { channel: 'email', source: 'form', text: 'I agree to letters' },
    ]);
    expect(said('email=a%40b.example&agree=on', options)).toMatchObject([{ text: 'agree' }]);
    expect(said('{"email":"a@b.example","agree":true}', options)).toHaveLength(1);
  });
  test.each(['', 'no', 'off', '0', 'false', 'Нет'])('says nothing by "%s"', (value) => {
    expect(said(`email=a%40b.example&agree=${encodeURIComponent(value)}`)).toEqual([]);
    expect(said('email=a%40b.example')).toEqual([]);
    expect(said('{"email":"a@b.example","agree":false}')).toEqual([]);
  });
});

describe('the token', () => {
  const verify = (body: string, headers: Record<string, string>) => doorWith().verify(request(body, headers)).ok;
  test.each<[string, string, Record<string, string>]>([
    ['in the address', 'a=1', { ':path': '/hooks/lead?x=1&token=tk_1' }],
    ['as a bearer', 'a=1', { authorization: 'Bearer tk_1' }],
    ['in a header of ours', 'a=1', { 'x-tropa-token': 'tk_1' }],
    ['in the header that Tilda makes of a key called "token"', 'a=1', { token: 'tk_1' }],
    ['as a field', 'a=1&token=tk_1', {}],
    ['as a field of JSON', '{"token":"tk_1"}', {}],
  ])('may come %s', (_where, body, headers) => {
    expect(verify(body, headers)).toBe(true);
    const wrong = (text: string): string => text.replace('tk_1', 'tk_2');
    expect(verify(wrong(body), Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, wrong(v)])))).toBe(false);
  });
  test('never becomes data', () => {
    expect(JSON.stringify(read({}, 'email=a%40b.example&token=tk_1&Token=tk_1'))).not.toContain('tk_1');
  });
});
