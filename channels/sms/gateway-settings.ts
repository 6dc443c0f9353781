// What a text message gateway of one's own is told in tropa.yaml: where to ask, what to say, how to read the answer. Read
// and judged once when it is opened.

import { type Json, type JsonObject, TropaError } from '../../engine/ports/channel.ts';

/** How placeholders are written into a body so that nothing typed can break out of its place. */
export type BodyType = 'json' | 'form';

export interface GatewaySettings {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly type: BodyType;
  readonly from: string;
  /** Where the gateway's own id stands in its answer, as a path of fields; null: nowhere. */
  readonly id: readonly string[] | null;
  readonly answers: Answers | null;
}

/** Which values of which field of the answer mean what; any other value of it is a refusal. */
export interface Answers {
  readonly field: readonly string[];
  readonly ok: readonly string[];
  readonly later: readonly string[];
  readonly address: readonly string[];
  readonly halt: readonly string[];
}

const PLACEHOLDERS = ['to', 'digits', 'text', 'from', 'id'] as const;

/** Reads the options of a sender with `provider: http`. Throws TropaError `E_SETTINGS`, which quotes no secret. */
export function readGatewaySettings(name: string, options: JsonObject): GatewaySettings {
  const wrong = (what: string): TropaError => new TropaError('E_SETTINGS', `The sender "${name}": ${what}`);
  const url = textOf(options.url);
  if (url === null || !/^https?:\/\//.test(url) || !URL.canParse(url.replace(PLACEHOLDER, 'x')))
    throw wrong('"url" is the address of the gateway: https://gate.example/send.');
  const method = oneOf(['POST', 'GET'], options.method, '"method"', wrong);
  const type = oneOf(['json', 'form'], options.type, '"type"', wrong);
  const body = method === 'GET' ? null : bodyOf(options.body, type);
  if (method === 'POST' && body === null) throw wrong('it needs "body": what is said, with {{to}} and {{text}}.');
  const fault = faultOf(`${url} ${body ?? ''}`);
  if (fault !== null) throw wrong(fault);
  return {
    url,
    method,
    body,
    type,
    headers: headersOf(options.headers, wrong),
    from: textOf(options.from) ?? '',
    id: pathOf(options.id),
    answers: answersOf(options.answers, wrong),
  };
}

/** One of these words, in any case; the first where nothing is told. */
function oneOf<const Word extends string>(
  words: readonly [Word, ...Word[]],
  told: Json | undefined,
  what: string,
  wrong: (what: string) => TropaError,
): Word {
  const typed = textOf(told);
  const found = typed === null ? words[0] : words.find((word) => word.toLowerCase() === typed.toLowerCase());
  if (found === undefined) throw wrong(`${what} is ${words.join(' or ')}.`);
  return found;
}

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

/** What is wrong with the placeholders of address and body together, or null. */
function faultOf(said: string): string | null {
  const words = [...said.matchAll(PLACEHOLDER)].map(([, word = '']) => word);
  const unknown = words.find((word) => !PLACEHOLDERS.some((one) => one === word));
  if (unknown !== undefined) return `nothing is called {{${unknown}}}. There are: ${PLACEHOLDERS.join(', ')}.`;
  const whole = words.includes('text') && (words.includes('to') || words.includes('digits'));
  return whole ? null : '"url" and "body" together need {{to}} (or {{digits}}) and {{text}}.';
}

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
const isMap = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A text is taken as it is; a map is written down: as JSON, or as a form. */
function bodyOf(value: Json | undefined, type: BodyType): string | null {
  if (!isMap(value)) return textOf(value);
  if (type === 'json') return JSON.stringify(value);
  return Object.entries(value)
    .map(([field, told]) => `${encodeURIComponent(field)}=${encodeURIComponent(String(told))}`)
    .join('&')
    .replace(/%7B%7B(?:%20)*(\w+)(?:%20)*%7D%7D/g, '{{$1}}');
}

function headersOf(value: Json | undefined, wrong: (what: string) => TropaError): Record<string, string> {
  if (value === undefined) return {};
  if (!isMap(value)) throw wrong('"headers" is a map of names and texts.');
  const headers = Object.entries(value).map(([name, told]) => [name.toLowerCase(), String(told)] as const);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
  if (headers.some(([name, told]) => !/^[a-z0-9-]+$/.test(name) || /[\u0000-\u001f\u007f]/.test(told)))
    throw wrong('"headers" holds a name or a value that HTTP cannot carry.');
  return Object.fromEntries(headers);
}

const pathOf = (value: Json | undefined): readonly string[] | null => textOf(value)?.split('.') ?? null;

function answersOf(value: Json | undefined, wrong: (what: string) => TropaError): Answers | null {
  if (value === undefined) return null;
  const field = isMap(value) ? pathOf(value.field) : null;
  if (!isMap(value) || field === null)
    throw wrong('"answers" needs "field": where the answer says what came of it, and lists: ok, later, address, halt.');
  const list = (told: Json | undefined): string[] => (told === undefined ? [] : [told].flat().map(String));
  const [ok, later, address, halt] = [value.ok, value.later, value.address, value.halt].map(list);
  if (ok === undefined || ok.length === 0) throw wrong('"answers" needs "ok": the values that mean it was taken.');
  return { field, ok, later: later ?? [], address: address ?? [], halt: halt ?? [] };
}
