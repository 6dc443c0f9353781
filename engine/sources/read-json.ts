// A request body as JSON, or a refusal of the whole request. What is inside is judged by `runtime/door.ts`.

import { TropaError } from '../language/errors.ts';
import type { Json, JsonObject } from '../language/values.ts';

/** Reads UTF-8 JSON; throws TropaError `E_BAD_REQUEST` for anything else. Details name no content of the body. */
export function readJson(body: Uint8Array): Json {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new TropaError('E_BAD_REQUEST', 'The body is not UTF-8 text.');
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new TropaError('E_BAD_REQUEST', 'The body is not JSON.');
  }
}

/** The same where only an object makes sense. */
export function readJsonObject(body: Uint8Array): JsonObject {
  const value = readJson(body);
  if (!isObject(value)) throw new TropaError('E_BAD_REQUEST', 'The body must be a JSON object.');
  return value;
}

/** True for `{…}` alone: no list, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is an object, else an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
