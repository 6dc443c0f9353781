import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLinks, type LinkKind } from './links.ts';

const ID = '0123456789abcdef0123456789abcdef';
const links = createLinks('secret', 'https://t.example/');
const tokenOf = (url: string): string => url.split('/').at(-1) ?? '';
const KINDS: LinkKind[] = ['open', 'click', 'unsubscribe', 'browser', 'report'];

describe('links', () => {
  test('lead to what they were made for', () => {
    expect(links.open(ID)).toMatch(/^https:\/\/t\.example\/o\/[\w-]+$/);
    expect(links.read('open', tokenOf(links.open(ID)))).toEqual({ message: ID });
    expect(links.read('unsubscribe', tokenOf(links.unsubscribe('m1')))).toEqual({ message: 'm1' });
    expect(links.read('unsubscribe', tokenOf(links.preferences(ID)))).toEqual({ message: ID });
    expect(links.read('browser', tokenOf(links.browser('сообщение')))).toEqual({ message: 'сообщение' });
    const url = 'https://shop.example/p?a=1&b=привет#x';
    expect(links.read('click', tokenOf(links.click(ID, url)))).toEqual({ message: ID, url: new URL(url).href });
  });

  test('are short enough for a text message', () => {
    expect(tokenOf(links.open(ID)).length).toBeLessThanOrEqual(44);
  });

  test('P24 mean nothing as links of another kind', () => {
    const made = {
      open: links.open(ID),
      click: links.click(ID, 'https://a.example'),
      unsubscribe: links.unsubscribe(ID),
      browser: links.browser(ID),
      confirm: links.confirm(ID),
      short: links.short(ID, 3),
      report: links.report(ID),
    };
    for (const from of KINDS) {
      for (const to of KINDS) expect(links.read(to, tokenOf(made[from])) === null).toBe(from !== to);
    }
  });

  test('P24 mean nothing under another secret', () => {
    expect(createLinks('other', 'https://t.example').read('open', tokenOf(links.open(ID)))).toBeNull();
  });

  test('P24 mean nothing once any character is changed, added or left out', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/ ';
    const token = tokenOf(links.click(ID, 'https://shop.example/x'));
    for (let place = 0; place <= token.length; place += 1) {
      expect(
        links.read('click', token.slice(0, place) + token.slice(place + 1)) === null || place === token.length,
      ).toBe(true);
      for (const letter of alphabet) {
        const changed = token.slice(0, place) + letter + token.slice(place + 1);
        expect(links.read('click', changed) === null).toBe(changed !== token);
        expect(links.read('click', token.slice(0, place) + letter + token.slice(place))).toBeNull();
      }
    }
  });

  test('P24 cannot be guessed: no random token opens anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const token = Buffer.from(bytes).toString('base64url');
        for (const kind of KINDS) expect(links.read(kind, token)).toBeNull();
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (token) => links.read('open', token) === null));
  });

  test('P24 never lead anywhere but to a web address', () => {
    for (const url of [
      'javascript:alert(1)',
      ' JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'vbscript:x',
      '/relative',
      '',
    ]) {
      expect(links.click(ID, url)).toBe('#');
    }
    expect(links.click(ID, 'mailto:a@b.example')).toBe('mailto:a@b.example');
    expect(links.click(ID, 'tel:+37120000000')).toBe('tel:+37120000000');
  });
});
