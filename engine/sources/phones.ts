// Telephone numbers as E.164, whatever door they come by: pages, forms and tills send what people typed (`8 (916) 123-45-67`,
// `+44 (0)20 7946 0958`), and a number that is written otherwise than the carrier does is another person's, or nobody's.

import type { CountryCode } from 'libphonenumber-js/min';
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Json, JsonObject } from '../language/values.ts';
import type { SourceDoor, TranslatedEvent, Translation } from '../ports/source.ts';

const PHONE = 'phone:';

/** The door, with numbers in international form. National ones are read by the person's country, else by `home`. */
export function withPhones(door: SourceDoor, home: Json | undefined): SourceDoor {
  const own = countryOf(home);
  const { recall } = door;
  return {
    ...door,
    translate: (request) => inFull(door.translate(request), own),
    ...(recall !== undefined && {
      recall: async (ask) => {
        const recalled = await recall(ask);
        return { ...recalled, translation: inFull(recalled.translation, own) };
      },
    }),
  };
}

function inFull(translation: Translation, home: CountryCode | null): Translation {
  const { events } = translation;
  if (!events.some(hasPhone)) return translation;
  // What one item says of its person holds for all its events.
  const countries = new Map(
    events
      .map((event) => [placeOf(event), countryOf(event.data.country)] as const)
      .filter(([, country]) => country !== null),
  );
  return {
    ...translation,
    events: events.map((event) => (hasPhone(event) ? written(event, countries.get(placeOf(event)) ?? home) : event)),
  };
}

const placeOf = (event: TranslatedEvent & { readonly index?: number }): number => event.index ?? 0;
const isAboutThem = ({ name, data }: TranslatedEvent): boolean =>
  name === 'profile.updated' && typeof data.phone === 'string';
const hasPhone = (event: TranslatedEvent): boolean =>
  isAboutThem(event) || event.who.some((key) => key.startsWith(PHONE));

function written(event: TranslatedEvent, country: CountryCode | null): TranslatedEvent {
  const who = event.who.map((key) =>
    key.startsWith(PHONE) ? PHONE + international(key.slice(PHONE.length), country) : key,
  );
  const data: JsonObject = isAboutThem(event)
    ? { ...event.data, phone: international(String(event.data.phone), country) }
    : event.data;
  return { ...event, who: [...new Set(who)], data };
}

/** The number as carriers write it, or as it stands where that cannot be told. */
export function international(typed: string, country: CountryCode | null): string {
  // `00` is how many write the plus.
  const text = typed.trim().replace(/^00(?=[1-9])/, '+');
  if (!text.startsWith('+') && country === null) return typed;
  const parsed = parsePhoneNumberFromString(text, country ?? undefined);
  return parsed?.isValid() === true ? parsed.number : typed;
}

function countryOf(told: Json | undefined): CountryCode | null {
  const code = typeof told === 'string' ? told.trim().toUpperCase() : '';
  return isSupportedCountry(code) ? code : null;
}
