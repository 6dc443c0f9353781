// What tropa.yaml becomes, with the environment filled in and a spec's overrides laid upon it.

import { describe, expect, test } from '@jest/globals';
import { readSettings } from './read-settings.ts';
import { readSpec } from './read-spec.ts';

const read = (text: string, env: Record<string, string> = {}) => readSettings('tropa.yaml', text, env);

describe('tropa.yaml', () => {
  test('may be missing: everything has a default', () => {
    const { settings, faults } = read('');
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({
      timezone: 'UTC',
      locale: 'en',
      consent: { email: 'opt_in', sms: 'opt_in', push: 'opt_in' },
      quietHours: null,
      caps: [],
      senders: [],
      sources: [],
    });
    expect(Object.keys(settings.categories)).toEqual(['marketing', 'transactional']);
    expect(settings.categories.transactional?.transactional).toBe(true);
  });

  test('is read by type, not by looks', () => {
    const { settings, faults } = read(
      'locale: no\ncaps:\n  - { max: 1, per: day }\n  - { channel: sms, max: 2, per: 16h }\nquiet_hours: { from: 21:00, to: 09:00 }\n',
    );
    expect(faults).toEqual([]);
    expect(settings.locale).toBe('no');
    expect(settings.caps).toEqual([
      { channel: null, max: 1, per: 'day' },
      { channel: 'sms', max: 2, per: 57_600_000 },
    ]);
    expect(settings.quietHours).toEqual({
      from: { hour: 21, minute: 0 },
      to: { hour: 9, minute: 0 },
      // biome-ignore lint/suspicious/noThenProperty: a word of the language
      then: 'hold',
      channels: ['email', 'sms', 'push'],
    });
  });
});

describe('the environment', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as authors write it
  const source = 'sources:\n  app: { type: segment, write_key: "${KEY:-demo}" }\n';
  test('fills in variables, or their default', () => {
    expect(read(source).settings.sources[0]?.options).toEqual({ write_key: 'demo' });
    expect(read(source, { KEY: '0123' }).settings.sources[0]?.options).toEqual({ write_key: '0123' });
  });

  test('is read after YAML: a value changes no structure', () => {
    const { settings, faults } = read(source, { KEY: 'x }\nsegments: { all: true' });
    expect(faults).toEqual([]);
    expect(settings.sources[0]?.options).toEqual({ write_key: 'x }\nsegments: { all: true' });
    expect(settings.segments).toEqual({});
  });

  test('a sender that lacks a variable is left out with a warning, the next of its channel stays', () => {
    const { settings, faults } = read(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as authors write it
      'senders:\n  email: [{ provider: smtp, url: "${ONE}" }, { provider: smtp, url: "${TWO}" }]\n',
      { TWO: 'smtp://two' },
    );
    expect(faults.map(({ code, severity }) => [code, severity])).toEqual([['W_SANDBOX', 'warning']]);
    expect(settings.senders).toEqual([
      { channel: 'email', provider: 'smtp', name: 'email', options: { url: 'smtp://two' } },
    ]);
  });
});

describe("a spec's settings", () => {
  const spec = readSpec(
    'cart/journey.spec.yaml',
    'journey: cart\nsettings: { caps: [], quiet_hours: { then: skip } }\ncases:\n  - name: one\n    start: 2026-03-02T12:00:00Z\n    settings: { locale: ru, quiet_hours: { from: 22:00 } }\n    expect: { outcome: none }\n  - name: two\n    start: 2026-03-02T12:00:00Z\n    settings: { quiet_hours: null }\n    expect: { outcome: none }\n',
  ).spec;
  const tropa = 'caps:\n  - { max: 1, per: day }\nquiet_hours: { from: 21:00, to: 09:00 }\ntimezone: Europe/Riga\n';

  test('override tropa.yaml key by key, a list whole, the case above the file', () => {
    const { settings, faults } = readSettings('tropa.yaml', tropa, {}, spec?.cases[0]?.settings);
    expect(faults).toEqual([]);
    expect(settings).toMatchObject({
      caps: [],
      locale: 'ru',
      timezone: 'Europe/Riga',
      // biome-ignore lint/suspicious/noThenProperty: a word of the language
      quietHours: { from: { hour: 22, minute: 0 }, to: { hour: 9, minute: 0 }, then: 'skip' },
    });
  });

  test('take a key out with null', () => {
    expect(readSettings('tropa.yaml', tropa, {}, spec?.cases[1]?.settings).settings.quietHours).toBeNull();
  });
});
