// Text messages by any gateway that is asked over HTTP: its own words come from tropa.yaml as a template.

import type {
  Channel,
  GuardedAnswer,
  GuardedFetch,
  JsonObject,
  Outgoing,
  SendOutcome,
} from '../../engine/ports/channel.ts';
import { type BodyType, type GatewaySettings, readGatewaySettings } from './gateway-settings.ts';

export interface GatewayOptions {
  readonly name: string;
  readonly options: JsonObject;
  /** Milliseconds until an answer is given up; 20 s unless told. */
  readonly timeout?: number;
}

/** E.164, as numbers are kept. */
const NUMBER = /^\+[1-9]\d{6,14}$/;
const SECOND = 1_000;
const LONGEST_WAIT = 3_600;
const LONGEST_ID = 200;

/** A sender with `provider: http`; it hears nothing of a message after it was taken. Throws TropaError `E_SETTINGS`. */
export function createGateway({ name, options, timeout = 20_000 }: GatewayOptions, guarded: GuardedFetch): Channel {
  const settings = readGatewaySettings(name, options);
  const underway = new Set<Promise<unknown>>();
  let closed = false;

  async function sendOne(message: Outgoing): Promise<SendOutcome> {
    if (!NUMBER.test(message.to))
      return { result: 'refused', why: { kind: 'address', detail: 'this is no telephone number' } };
    const { url, method, body, type, headers } = settings;
    const values = valuesOf(message, settings);
    const answer = await guarded.ask({
      method,
      url: filled(url, values, encodeURIComponent),
      headers: { ...(body !== null && { 'content-type': CONTENT_TYPES[type] }), ...headers },
      ...(body !== null && { body: filled(body, values, ESCAPES[type]) }),
      timeout,
    });
    return outcomeOf(answer, settings, message.id);
  }

  return {
    provider: 'http',
    tellsDelivery: false,
    async send(messages) {
      if (closed) return messages.map(() => ({ result: 'retry', after: SECOND, why: 'this sender is closed' }));
      const work = Promise.all(messages.map(sendOne));
      underway.add(work);
      return await work.finally(() => underway.delete(work));
    },
    async close() {
      closed = true;
      await Promise.all(underway);
      // Whoever waits for an outcome has it before this ends.
      await new Promise(setImmediate);
    },
  };
}

const CONTENT_TYPES: Readonly<Record<BodyType, string>> = {
  json: 'application/json; charset=utf-8',
  form: 'application/x-www-form-urlencoded; charset=utf-8',
};
/** Inside a JSON text's quotes, or as a form's value: no customer's name ends the field it stands in (P25). */
const ESCAPES: Readonly<Record<BodyType, (text: string) => string>> = {
  json: (text) => JSON.stringify(text).slice(1, -1),
  form: encodeURIComponent,
};

type Values = Readonly<Record<string, string>>;

function valuesOf(message: Outgoing, { from }: GatewaySettings): Values {
  // Half a character, as a template that cuts a text may leave, can be written into no address.
  const text = Buffer.from(message.text, 'utf8').toString('utf8');
  return { to: message.to, digits: message.to.slice(1), text, from, id: message.id };
}

function filled(template: string, values: Values, written: (text: string) => string): string {
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_whole, name: string) => written(values[name] ?? ''));
}

/** Nothing of the gateway's words is passed on: they quote numbers and texts (P30). */
function outcomeOf(answer: GuardedAnswer, settings: GatewaySettings, message: string): SendOutcome {
  if (!answer.ok) {
    if (answer.why === 'forbidden')
      return { result: 'halted', why: `the gateway's address must not be reached: ${answer.detail}` };
    return answer.written
      ? { result: 'unknown', why: 'the gateway gave no answer' }
      : { result: 'retry', after: 30 * SECOND, why: 'the gateway cannot be reached', down: true };
  }
  const { status, headers } = answer;
  const why = `the gateway answered ${status}`;
  // A 5xx may come after the message was taken: nobody resends that (P07).
  if (status >= 500) return { result: 'unknown', why };
  if (status === 429) return { result: 'retry', after: waitOf(headers['retry-after']), why, down: true };
  if (status === 401 || status === 403 || status === 404 || (status >= 300 && status < 400))
    return { result: 'halted', why };
  if (status >= 400) return { result: 'refused', why: { kind: 'provider', detail: why } };
  return judged(bodyOf(answer.body), settings, why, message);
}

const waitOf = (told: string | undefined): number => {
  const seconds = Number(told);
  return (Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, LONGEST_WAIT) : 30) * SECOND;
};

function judged(body: unknown, { answers, id }: GatewaySettings, status: string, message: string): SendOutcome {
  const taken = (): SendOutcome => {
    const told = id === null ? undefined : valueAt(body, id);
    // A gateway that names none is asked about the message by what it was told: {{id}}.
    return { result: 'accepted', providerId: told === undefined ? message : String(told).slice(0, LONGEST_ID) };
  };
  if (answers === null) return taken();
  const told = valueAt(body, answers.field);
  const value = told === undefined ? '' : String(told);
  if (answers.ok.includes(value)) return taken();
  // Without its word nobody knows; a value is the gateway's own code and no customer's text, as far as it is short.
  if (told === undefined) return { result: 'unknown', why: `${status} without saying what came of it` };
  const why = `${status} with ${/^[\w.-]{1,40}$/.test(value) ? value : 'a value that is not listed'}`;
  if (answers.later.includes(value)) return { result: 'retry', after: 30 * SECOND, why };
  if (answers.halt.includes(value)) return { result: 'halted', why };
  const kind = answers.address.includes(value) ? 'address' : 'provider';
  return { result: 'refused', why: { kind, detail: why } };
}

function bodyOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}

/** What stands at a path of fields and places; only plain values. */
function valueAt(body: unknown, path: readonly string[]): string | number | boolean | undefined {
  let here: unknown = body;
  for (const step of path) {
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return typeof here === 'string' || typeof here === 'number' || typeof here === 'boolean' ? here : undefined;
}
