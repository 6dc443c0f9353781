import { describe, expect, test } from '@jest/globals';
import type { Source } from '../language/settings.ts';
import { sourceDoor } from './doors.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const FORM = { name: 'lead', type: 'form', options: { token: 't' } };
const APP = { name: 'app', type: 'segment', options: { write_key: 'key' } };

function eventsOf(source: Source, path: string, body: string) {
  const request = { headers: { ':path': path }, body: Buffer.from(body), received: NOON, ip: null };
  return sourceDoor(source).translate(request).events;
}
/** By which number a filled form knows somebody. */
const known = (typed: string, country?: string) =>
  eventsOf(
    { ...FORM, options: { ...FORM.options, ...(country !== undefined && { country }) } },
    '/hooks/lead?token=t',
    new URLSearchParams({ Phone: typed }).toString(),
  ).map(({ who, data }) => [...who, data.phone]);

describe('a telephone number', () => {
  test.each([
    ['8 (916) 123-45-67', 'RU', '+79161234567'],
    ['916 123 45 67', 'RU', '+79161234567'],
    ['2000 0001', undefined, null],
    ['20 000 001', 'LV', '+37120000001'],
    ['+44 (0)20 7946 0958', undefined, '+442079460958'],
    ['0044 20 7946 0958', 'RU', '+442079460958'],
    ['+7 (916) 123-45-67', 'LV', '+79161234567'],
    ['+371 2000 0001', undefined, '+37120000001'],
  ])('typed as %s, in a shop of %s, is %s', (typed, country, number) => {
    const stands = typed.replace(/[\s()-]/g, '');
    const [form, traits] = known(typed, country);
    expect(form?.[0]).toBe(`phone:${number ?? stands}`);
    expect(traits).toEqual([`phone:${number ?? stands}`, number ?? typed]);
  });

  test('is read by the person’s own country before the shop’s, in every event of one call', () => {
    const source = { ...APP, options: { ...APP.options, country: 'LV' } };
    const call = {
      userId: '1',
      event: 'Lamp tried',
      context: { traits: { phone: '8 916 123-45-67', address: { country: 'RU' } } },
    };
    const events = eventsOf(source, '/v1/track', JSON.stringify(call));
    expect(events.map(({ name, who }) => [name, who])).toEqual([
      ['profile.updated', ['user:1', 'phone:+79161234567']],
      ['Lamp tried', ['user:1', 'phone:+79161234567']],
    ]);
    expect(events[0]?.data.phone).toBe('+79161234567');
  });

  test('of one call of a batch is not read by the country of another', () => {
    const batch = ['RU', undefined].map((country, n) => ({
      type: 'identify',
      userId: `u${n}`,
      traits: { phone: '8 916 123-45-67', ...(country !== undefined && { country }) },
    }));
    const events = eventsOf(APP, '/v1/batch', JSON.stringify({ batch }));
    expect(events.map(({ who }) => who[1])).toEqual(['phone:+79161234567', 'phone:89161234567']);
  });

  test('that is no number stays what was typed', () => {
    const [event] = eventsOf(
      APP,
      '/v1/identify',
      JSON.stringify({ userId: '1', traits: { phone: 'call me', country: 'RU' } }),
    );
    expect(event).toMatchObject({ who: ['user:1'], data: { phone: 'call me' } });
  });
});
