// What a Twilio sender is told in tropa.yaml, read and judged once when it is opened.

import { type Json, type JsonObject, TropaError } from '../../engine/ports/channel.ts';

export interface TwilioSettings {
  readonly account: string;
  readonly token: string;
  /** A number or sender id, or the messaging service that chooses one. */
  readonly sender: { readonly From: string } | { readonly MessagingServiceSid: string };
  /** Twilio's API, or a region's edge of it. */
  readonly api: string;
}

/** Reads the options of a sender with `provider: twilio`. Throws TropaError `E_SETTINGS`, which quotes no secret. */
export function readTwilioSettings(name: string, options: JsonObject): TwilioSettings {
  const wrong = (what: string): TropaError => new TropaError('E_SETTINGS', `The sender "${name}": ${what}`);
  const text = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
  const [account, token, from, service] = [options.account, options.token, options.from, options.messaging_service].map(
    text,
  );
  if (account == null || !/^AC[0-9a-f]{32}$/i.test(account))
    throw wrong('"account" is the Account SID of the Twilio console: AC and 32 digits.');
  if (token == null) throw wrong('"token" is the Auth Token of the Twilio console.');
  if ((from == null) === (service == null))
    throw wrong('it needs either "from" (a number such as +12025550123) or "messaging_service" (MG…).');
  if (service != null && !/^MG[0-9a-f]{32}$/i.test(service)) throw wrong('"messaging_service" is MG and 32 digits.');
  const api = text(options.url) ?? 'https://api.twilio.com';
  if (!/^https?:\/\//.test(api) || !URL.canParse(api))
    throw wrong('"url" is an address such as https://api.twilio.com.');
  return {
    account,
    token,
    sender: service == null ? { From: from ?? '' } : { MessagingServiceSid: service },
    api: api.replace(/\/+$/, ''),
  };
}
