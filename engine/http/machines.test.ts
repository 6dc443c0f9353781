import { describe, expect, test } from '@jest/globals';
import { type Hit, machineReason } from './machines.ts';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const YAHOO = 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html';
const HOUR = 3_600_000;

const hit = (agent: string, rest: Partial<Hit> = {}): Hit => ({
  kind: 'open',
  method: 'GET',
  channel: 'email',
  age: HOUR,
  headers: { 'user-agent': agent },
  ...rest,
});

describe('P18 a machine is known', () => {
  test.each<[string, Hit, string]>([
    ['by asking for the head alone', hit(PHONE, { method: 'HEAD' }), 'head'],
    ['by looking ahead', hit(PHONE, { headers: { 'user-agent': PHONE, 'sec-purpose': 'prefetch' } }), 'prefetch'],
    ['by looking ahead, as older ones say it', hit(PHONE, { headers: { 'x-moz': 'prefetch' } }), 'prefetch'],
    ['by hiding behind nothing', hit(''), 'no_user_agent'],
    ['as Apple, which fetches what nobody reads', hit('Mozilla/5.0'), 'privacy_proxy'],
    ['as Gmail at delivery', hit(GMAIL, { age: 3_000 }), 'image_proxy'],
    ['as Gmail where nothing left this machine', hit(GMAIL, { age: null }), 'image_proxy'],
    ['as a proxy of pictures that follows a link', hit(YAHOO, { kind: 'click' }), 'image_proxy'],
    ['as Barracuda', hit('BarracudaCentral/1.0', { kind: 'click' }), 'scanner'],
    ['as Mimecast', hit('Mozilla/5.0 (compatible; Mimecast-URL-Scanner)', { kind: 'click' }), 'scanner'],
    ['as Proofpoint', hit('ProofPoint URL Defense', { kind: 'click' }), 'scanner'],
    ['as Microsoft', hit('Mozilla/5.0 (Microsoft-URLAnalyzer/1.0)', { kind: 'click' }), 'scanner'],
    ['as Symantec', hit('Symantec Email Security.cloud', { kind: 'click' }), 'scanner'],
    ['as a crawler', hit('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'), 'program'],
    ['as a preview of a messenger', hit('WhatsApp/2.23.20.0', { kind: 'click' }), 'program'],
    ['by reading a mail before it can be read', hit(PHONE, { kind: 'click', age: 1_500 }), 'too_soon'],
  ])('%s', (_how, request, reason) => {
    expect(machineReason(request)).toBe(reason);
  });
});

describe('a human is not taken for one', () => {
  test.each<[string, Hit]>([
    ['with a phone', hit(PHONE)],
    ['who reads at Gmail, and later', hit(GMAIL)],
    ['who reads at Yahoo, and later', hit(YAHOO)],
    ['who taps a push message at once', hit(PHONE, { kind: 'click', channel: 'push', age: 500 })],
    ['who taps a text message at once', hit(PHONE, { kind: 'click', channel: 'sms', age: 500 })],
    ['who tries a message of the sandbox', hit(PHONE, { kind: 'click', age: null })],
    [
      'with a phone that is called so',
      hit('Mozilla/5.0 (Linux; Android 9; CUBOT NOTE 20) Chrome/120.0 Mobile Safari/537.36'),
    ],
    ['inside Telegram', hit(`${PHONE} Telegram-Android/10.1`, { kind: 'click' })],
  ])('%s', (_who, request) => {
    expect(machineReason(request)).toBeNull();
  });
});
