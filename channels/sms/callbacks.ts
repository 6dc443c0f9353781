// What Twilio calls back with: the fate of our messages, and what people write to our numbers.
// https://www.twilio.com/docs/usage/security#validating-requests

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CallbackDoor, CallbackRequest, Heard, JsonObject } from '../../engine/ports/channel.ts';
import { smsWord } from '../../engine/ports/sms-words.ts';
import { heardOfStatus } from './outcome.ts';
import { readTwilioSettings } from './settings.ts';

/** The door of a Twilio sender. Throws TropaError `E_SETTINGS`. */
export function twilioCallbacks(name: string, options: JsonObject): CallbackDoor {
  const { token } = readTwilioSettings(name, options);
  return {
    provider: 'twilio',
    verify: (request) => Promise.resolve(verify(request, token)),
    read: (request) => Promise.resolve(read(request)),
    // Twilio itself answers STOP, START and HELP; nothing is added to that.
    answer: { type: 'text/xml; charset=utf-8', body: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>' },
  };
}

/** HMAC-SHA1 of the address as Twilio called it and the form's fields in the order of their names, each with its value. */
function verify({ url, headers, body }: CallbackRequest, token: string): { ok: true } | { ok: false; why: string } {
  const told = Buffer.from(headers['x-twilio-signature'] ?? '', 'latin1');
  const text = Buffer.from(body).toString('utf8');
  const hash = new URL(url).searchParams.get('bodySHA256');
  // JSON bodies are signed by their digest in the address.
  if (hash !== null && createHash('sha256').update(body).digest('hex') !== hash)
    return { ok: false, why: 'another body' };
  const fields = hash === null ? signedFields(text) : '';
  const wanted = withAndWithoutPort(url).map((one) =>
    Buffer.from(createHmac('sha1', token).update(`${one}${fields}`).digest('base64'), 'latin1'),
  );
  const fits = wanted.some((one) => one.length === told.length && timingSafeEqual(one, told));
  return fits ? { ok: true } : { ok: false, why: told.length === 0 ? 'no signature' : 'another signature' };
}

function signedFields(text: string): string {
  const form = new URLSearchParams(text);
  return [...new Set(form.keys())]
    .sort()
    .flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value))
    .join('');
}

/** Twilio signs some calls with the port and some without. */
function withAndWithoutPort(url: string): string[] {
  const { protocol, host, port, pathname, search } = new URL(url);
  if (port !== '') return [url];
  return [url, `${protocol}//${host}:${protocol === 'https:' ? 443 : 80}${pathname}${search}`];
}

function read({ url, body, received: at }: CallbackRequest): Heard[] {
  const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
  const status = form.get('MessageStatus') ?? form.get('SmsStatus') ?? '';
  const message = new URL(url).searchParams.get('m');
  if (message !== null) {
    const code = Number(form.get('ErrorCode') ?? '');
    const heard = heardOfStatus(status, Number.isInteger(code) && code > 0 ? code : null);
    return heard === null ? [] : [{ channel: 'sms', message, address: form.get('To'), at, ...heard }];
  }
  return status === 'received' || form.has('Body') ? incoming(form, at) : [];
}

/** A text message of a person. Its own words about the channel are told as such, and so is everything else they said. */
function incoming(form: URLSearchParams, at: number): Heard[] {
  const [from, text] = [form.get('From') ?? '', form.get('Body') ?? ''];
  if (from === '') return [];
  const word = smsWord(form.get('OptOutType') ?? text);
  if (word === 'help') return [];
  const id = form.get('MessageSid');
  return [
    {
      channel: 'sms',
      message: null,
      address: from,
      kind: word ?? 'replied',
      at,
      value: text.slice(0, 2_000),
      ...(id !== null && { id }),
    },
  ];
}
