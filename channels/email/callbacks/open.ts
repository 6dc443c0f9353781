// The callbacks of an email sender: its service's, where it has told us by what to know them.

import type { CallbackDoor, GuardedFetch, JsonObject } from '../../../engine/ports/channel.ts';
import { readSmtpSettings } from '../settings.ts';
import { mailgunCallbacks } from './mailgun.ts';
import { postmarkCallbacks } from './postmark.ts';
import { sendgridCallbacks } from './sendgrid.ts';
import { sesCallbacks } from './ses.ts';

/** Null without `webhook_key`, and for services that are not listened to. Throws TropaError `E_SETTINGS`. */
export function emailCallbacks(
  name: string,
  options: JsonObject,
  guarded: () => Promise<GuardedFetch>,
): CallbackDoor | null {
  const { service } = readSmtpSettings(name, options);
  const key = options.webhook_key;
  if (typeof key !== 'string' || key === '') return null;
  if (service === 'sendgrid') return sendgridCallbacks(name, key);
  if (service === 'ses') return sesCallbacks(name, key, guarded);
  if (service === 'mailgun') return mailgunCallbacks(key);
  return service === 'postmark' ? postmarkCallbacks(key) : null;
}
