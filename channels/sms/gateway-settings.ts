// What a sender with `provider: http` is told in tropa.yaml: how a text message becomes a request to any gateway, and what
// its answers mean. Read and judged once when it is opened.

import { type Json, type JsonObject, TropaError } from '../../engine/ports/channel.ts';

export interface GatewaySettings {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly kind: 'json' | 'form'; readonly template: Json } | null;
  /** What `{{from}}` is: a number or a sender's name. */
  readonly from: string;
  readonly answer: AnswerSettings;
}

/** A value at a path of the answer that says so. */
export interface Sign {
  readonly path: string;
  readonly values: readonly string[];
}

export interface AnswerSettings {
  /** Where the gateway's own id of the message stands (`messages.0.id`), or null. */
  readonly id: string | null;
  /** Statuses by what they mean, before the usual ones. */
  readonly ok: readonly number[];
  readonly refused: readonly number[];
  readonly retry: readonly number[];
  /** Of an answer with a good status: what it must hold, or what says otherwise. */
  readonly okIf: readonly Sign[];
  readonly refusedIf: readonly Sign[];
  readonly retryIf: readonly Sign[];
}

type Wrong = (what: string) => TropaError;

const KEYS = ['url', 'method', 'headers', 'json', 'form', 'from', 'answer', 'rate'];
const ANSWER_KEYS = ['id', 'ok', 'refused', 'retry', 'ok_if', 'refused_if', 'retry_if'];
export const PLACES = ['to', 'digits', 'text', 'from', 'id'] as const;
/** A header has no room for what anybody typed. */
const HEADER_PLACES = ['id'];
const METHODS = ['GET', 'POST', 'PUT'] as const;

/** Reads the options. Throws TropaError `E_SETTINGS`, which quotes no value: any of them may be a secret. */
export function readGatewaySettings(name: string, options: JsonObject): GatewaySettings {
  const wrong: Wrong = (what) => new TropaError('E_SETTINGS', `The sender "${name}": ${what}`);
  onlyKnown(options, KEYS, wrong);
  const body = bodyOf(options, wrong);
  const told = textOf(options.method)?.toUpperCase() ?? (body === null ? 'GET' : 'POST');
  const method = METHODS.find((one) => one === told);
  if (method === undefined || (method === 'GET' && body !== null))
    throw wrong('"method" is POST or PUT, or GET without "json" and "form".');
  const settings = {
    method,
    url: urlOf(textOf(options.url), wrong),
    headers: headersOf(options.headers, wrong),
    body,
    from: textOf(options.from) ?? '',
    answer: answerOf(options.answer, wrong),
  };
  needs(settings, wrong);
  return settings;
}

/** A request without number or text would send nothing to nobody, and be answered well. */
function needs({ url, body, headers, from }: Omit<GatewaySettings, 'answer'>, wrong: Wrong): void {
  const all = `${url} ${JSON.stringify(body?.template ?? '')}`;
  if (!/\{\{\s*(to|digits)\s*\}\}/.test(all) || !/\{\{\s*text\s*\}\}/.test(all))
    throw wrong('"url", "json" or "form" has to hold {{to}} (or {{digits}}) and {{text}}.');
  for (const [, place = ''] of `${all} ${Object.values(headers).join(' ')}`.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)) {
    if (!PLACES.some((known) => known === place))
      throw wrong(`there is no {{${place.slice(0, 20)}}}. There are: ${PLACES.map((one) => `{{${one}}}`).join(' ')}.`);
    if (place === 'from' && from === '') throw wrong('{{from}} needs "from": a number or a sender\'s name.');
  }
}

function onlyKnown(told: JsonObject, known: readonly string[], wrong: Wrong): void {
  const other = Object.keys(told).find((key) => !known.includes(key));
  if (other !== undefined) throw wrong(`it knows no "${other.slice(0, 40)}". There are: ${known.join(', ')}.`);
}

const textOf = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
const isMap = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Encrypted, because the request carries a number, a text and a key; whose machine it is stands before anything typed. */
function urlOf(told: string | null, wrong: Wrong): string {
  const [, scheme, host = ''] = /^(https?):\/\/([^/?#]+)/.exec(told ?? '') ?? [];
  const isNear = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
  if (told === null || !URL.canParse(told) || host.includes('{') || (scheme !== 'https' && !isNear))
    throw wrong('"url" is an https address such as https://gateway.example/send, its host without a {{place}}.');
  return told;
}

function headersOf(told: Json | undefined, wrong: Wrong): Record<string, string> {
  if (told === undefined) return {};
  if (!isMap(told)) throw wrong('"headers" is a map of names and texts.');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(told)) {
    // RFC 9110 section 5.1 and 5.5.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value))
      throw wrong('"headers" is a map of names and texts, in plain ASCII.');
    const places = [...value.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, place = '']) => place);
    if (places.some((place) => !HEADER_PLACES.includes(place))) throw wrong('"headers" may hold {{id}} alone.');
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

function bodyOf({ json, form }: JsonObject, wrong: Wrong): GatewaySettings['body'] {
  if (json !== undefined && form !== undefined) throw wrong('it takes "json" or "form", not both.');
  if (form !== undefined) {
    if (!isMap(form) || !Object.values(form).every((value) => typeof value === 'string'))
      throw wrong('"form" is a map of fields and texts.');
    return { kind: 'form', template: form };
  }
  if (json === undefined) return null;
  if (typeof json !== 'string') return { kind: 'json', template: json };
  try {
    return { kind: 'json', template: JSON.parse(json) as Json };
  } catch {
    throw wrong('"json" is a map, or JSON in quotes with its {{places}} inside of texts.');
  }
}

function answerOf(told: Json | undefined, wrong: Wrong): AnswerSettings {
  if (told !== undefined && !isMap(told)) throw wrong(`"answer" is a map of ${ANSWER_KEYS.join(', ')}.`);
  const answer = told ?? {};
  onlyKnown(answer, ANSWER_KEYS, (what) => wrong(`"answer": ${what}`));
  const statuses = (name: string): number[] =>
    [answer[name] ?? []].flat().map((one) => {
      const status = Number(one);
      if (!Number.isInteger(status) || status < 100 || status > 599)
        throw wrong(`"answer.${name}" is a status such as 202, or a list of them.`);
      return status;
    });
  const signs = (name: string): Sign[] => {
    const map = answer[name] ?? {};
    if (!isMap(map)) throw wrong(`"answer.${name}" is a map of paths and values: { "error.code": [7, 8] }.`);
    return Object.entries(map).map(([path, values]) => ({ path, values: [values].flat().map(String) }));
  };
  return {
    id: textOf(answer.id),
    ok: statuses('ok'),
    refused: statuses('refused'),
    retry: statuses('retry'),
    okIf: signs('ok_if'),
    refusedIf: signs('refused_if'),
    retryIf: signs('retry_if'),
  };
}
