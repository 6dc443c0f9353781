// Promises of what is said about the length of text messages.

import { expect, test } from '@jest/globals';
import type { Template } from '../language/template.ts';
import { smsLengths } from './sms-lengths.ts';

const template = (body: string, channel: Template['channel'] = 'sms'): Template => ({
  journey: 'cart',
  name: 'nudge',
  locale: null,
  channel,
  format: 'txt',
  headers: [],
  body,
  bodyLine: 1,
  file: 'cart/nudge.sms.txt',
});

test('each says its segments, what makes it dear, and that something is filled in; other channels say nothing', () => {
  const texts = ['Hello\n', 'Hello {{ profile.first_name }}', `${'a'.repeat(80)} — {% if a %}b{% endif %}`, 'Привет'];
  expect(smsLengths([...texts.map((body) => template(body)), template('x'.repeat(500), 'push')])).toEqual([
    'cart/nudge.sms.txt: 1 segment, 5 characters',
    'cart/nudge.sms.txt: 1 segment, 5 characters, and what is filled in',
    'cart/nudge.sms.txt: 2 segments, 84 characters, UCS-2 because of "—", and what is filled in',
    'cart/nudge.sms.txt: 1 segment, 6 characters, UCS-2 because of "П"',
  ]);
});
