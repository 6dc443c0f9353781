// Every kind of source this engine knows. The composition root hands it to whoever needs a door; nobody else looks here.

import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { SourceDoor } from '../ports/source.ts';
import { bearerDoor } from './bearer.ts';
import { formDoor } from './form.ts';
import { withPhones } from './phones.ts';
import { segmentDoor } from './segment.ts';
import { shopifyDoor } from './shopify.ts';
import { standardWebhooksDoor } from './standard-webhooks.ts';
import { wooCommerceDoor } from './woocommerce.ts';

const DOORS: ReadonlyMap<string, (source: Source) => SourceDoor> = new Map([
  ['bearer', bearerDoor],
  ['form', formDoor],
  ['segment', segmentDoor],
  ['shopify', shopifyDoor],
  ['standard-webhooks', standardWebhooksDoor],
  ['woocommerce', wooCommerceDoor],
]);
/** Settings are replaced as a whole by `deploy`, so a door lives as long as the settings it was made from. */
const made = new WeakMap<Source, SourceDoor>();

/** The door of a source, made once; throws TropaError `E_SETTINGS` for a type that is not known or settings it cannot use. */
export function sourceDoor(source: Source): SourceDoor {
  const known = made.get(source);
  if (known !== undefined) return known;
  const make = DOORS.get(source.type);
  if (make === undefined)
    throw new TropaError('E_SETTINGS', `The source "${source.name}" has a type nobody knows: "${source.type}".`);
  const door = withPhones(make(source), source.options.country);
  made.set(source, door);
  return door;
}
