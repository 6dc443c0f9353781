// The door of `type: form`: whatever posts the fields of a form and a token, as site builders (Tilda), ticket systems and
// scanned paper forms do. https://help-ru.tilda.cc/forms/webhook

import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { Instant, Json, JsonObject } from '../language/values.ts';
import type { RawRequest, SourceDoor, TranslatedEvent, Translation } from '../ports/source.ts';
import { namedValues, namesOf, traitsOf, whoOf } from './form-fields.ts';
import { mapperOf } from './mapping.ts';
import { isObject, objectOf, readJsonObject } from './read-json.ts';
import { textOf } from './shop-values.ts';
import { bearerOf, secretsOf, tokenCheck } from './signing.ts';

/** Tilda asks with this whether somebody is there, before it has been told the token. */
const TEST = 'test=test';
/** Never data: how the caller proved itself, and what a browser keeps for the page. */
const HIDDEN = new Set(['token', 'cookies']);
const MOST_FIELDS = 1000;

interface Form {
  readonly event: string;
  readonly fields: JsonObject;
  readonly consent: ConsentField | null;
}

/** A checkbox under which somebody agrees to be written to. */
interface ConsentField {
  readonly field: string;
  readonly channels: readonly Json[];
  readonly category: string | null;
  readonly text: string | null;
  readonly version: string | null;
}

/**
 * A door for one form. The token comes in the address (`?token=`), in a header (`Authorization: Bearer`, `X-Tropa-Token`,
 * `Token`) or in a field `token`. Throws TropaError `E_SETTINGS` when the token or the map cannot be used.
 */
export function formDoor(source: Source): SourceDoor {
  const known = tokenCheck(secretsOf(source, 'token'));
  const { map } = source.options;
  const mapped = isObject(map) ? mapperOf(source.name, map) : null;
  const form = formOf(source.options);
  return {
    verify(request) {
      if (isTest(request)) return { ok: true };
      const offered = tokensIn(request);
      if (offered.length === 0) return { ok: false, why: 'no token' };
      return offered.filter(known).length > 0 ? { ok: true } : { ok: false, why: 'another token' };
    },
    translate(request) {
      if (isTest(request)) return { events: [], refused: [] };
      const body = readFields(request);
      if (body.test === 'test' && Object.keys(body).length === 1) return { events: [], refused: [] };
      return mapped === null
        ? readForm(form, body, request)
        : mapped(body, idIn(body, form.fields, request), request.received);
    },
  };
}

function formOf(options: JsonObject): Form {
  const consent = objectOf(options.consent);
  const field = textOf(consent.field);
  return {
    event: textOf(options.event) ?? 'form.submitted',
    fields: objectOf(options.fields),
    consent:
      field === null
        ? null
        : {
            field,
            channels: [consent.channel ?? 'email'].flat(),
            category: textOf(consent.category),
            text: textOf(consent.text),
            version: textOf(consent.version),
          },
  };
}

function isTest({ body }: RawRequest): boolean {
  return body.length === TEST.length && Buffer.from(body).toString('latin1') === TEST;
}

function tokensIn(request: RawRequest): string[] {
  const { headers } = request;
  const query = new URLSearchParams(headers[':path']?.split('?').slice(1).join('?') ?? '');
  const places = [query.get('token'), bearerOf(headers.authorization), headers['x-tropa-token'], headers.token];
  const told = places.filter((token): token is string => typeof token === 'string' && token !== '');
  return told.length > 0 ? told : tokenField(request);
}

/** Read only where nothing else is claimed: a body is long, and not yet known to be anybody's. */
function tokenField(request: RawRequest): string[] {
  try {
    const token = fieldsOf(request).token;
    return typeof token === 'string' && token !== '' ? [token] : [];
  } catch {
    return [];
  }
}

function readFields(request: RawRequest): JsonObject {
  return Object.fromEntries(Object.entries(fieldsOf(request)).filter(([name]) => !HIDDEN.has(name.toLowerCase())));
}

/** JSON or `application/x-www-form-urlencoded`, whatever the header says; several values of one name are one text. */
function fieldsOf({ headers, body }: RawRequest): JsonObject {
  if (/^multipart\//i.test(headers['content-type'] ?? ''))
    throw new TropaError('E_BAD_REQUEST', 'Send the form as application/x-www-form-urlencoded or as JSON.');
  const [first] = Buffer.from(body.subarray(0, 100)).toString('latin1').trimStart();
  if (first === '{' || first === '[') return readJsonObject(body);
  const pairs = [...new URLSearchParams(Buffer.from(body).toString('utf8'))];
  if (pairs.length > MOST_FIELDS) throw new TropaError('E_TOO_LARGE', `A form has ${MOST_FIELDS} fields at most.`);
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) fields.set(name, fields.has(name) ? `${fields.get(name)}, ${value}` : value);
  return Object.fromEntries(fields);
}

function idIn(body: JsonObject, chosen: JsonObject, { headers }: RawRequest): string | null {
  const names = namesOf(Object.keys(body), chosen);
  return textOf(namedValues(body, names).id) ?? textOf(headers['idempotency-key']);
}

/** The form as it was filled in, what it says of the person, and what they agreed to. */
function readForm(form: Form, body: JsonObject, request: RawRequest): Translation {
  const names = namesOf(Object.keys(body), form.fields);
  const values = namedValues(body, names);
  const who = whoOf(values);
  const id = textOf(values.id) ?? textOf(request.headers['idempotency-key']);
  const traits = traitsOf(values, form.fields);
  const event = (name: string, data: JsonObject, part: string): TranslatedEvent & { readonly ignored: number } => ({
    id: id === null ? null : `${id}${part}`,
    name,
    at: request.received satisfies Instant,
    who: who.keys,
    data,
    ignored: part === '' ? who.ignored : 0,
  });
  const consents = form.consent === null ? [] : consentOf(form.consent, body);
  return {
    events: [
      event(form.event, dataOf(body, names), ''),
      ...(Object.keys(traits).length === 0 ? [] : [event('profile.updated', traits, '/traits')]),
      ...consents.map((data) => event('consent.granted', data, `/consent/${String(data.channel)}`)),
    ],
    refused: [],
  };
}

/** Fields under our names where they have one; what settings chose wins over what is merely called so. */
function dataOf(body: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const fields = Object.entries(body);
  return Object.fromEntries([
    ...fields.filter(([field]) => !names.has(field)),
    ...fields
      .filter(([field]) => names.has(field))
      .map(([field, value]) => [names.get(field) ?? field, value] as const),
  ]);
}

const NO = /^(|0|no|off|false|none|нет|не согласен|не согласна)$/i;

/** An empty checkbox is no word at all: it takes nothing back that was allowed elsewhere. */
function consentOf(consent: ConsentField, body: JsonObject): JsonObject[] {
  const value = body[consent.field];
  const said = value === true ? 'true' : (textOf(value) ?? '');
  if (NO.test(said)) return [];
  // Many forms send the sentence itself as the value of the box.
  const text = consent.text ?? (said.length > 5 ? said : consent.field);
  return consent.channels.map((channel) => ({
    channel,
    source: 'form',
    text,
    ...(consent.category !== null && { category: consent.category }),
    ...(consent.version !== null && { version: consent.version }),
  }));
}
