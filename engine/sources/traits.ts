// Traits as sources send them become traits as journeys read them: snake case, addresses flat, ids as text.

import type { Json, JsonObject } from '../language/values.ts';
import { objectOf } from './read-json.ts';

const ALWAYS_TEXT = new Set(['email', 'phone', 'id']);
/** Parts of Segment's `address` that language.md has names for. */
const FROM_ADDRESS = ['city', 'country'] as const;

/** `firstName` → `first_name`, `ordersURL` → `orders_url`; names that are no identifier stay as they are. */
function snakeCase(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return name;
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Traits under our names. A name already in snake case wins over its camel twin. `address.city` and `address.country`
 * also become `city` and `country`. `consent` is no trait: it is told apart by `readConsent`.
 */
export function readTraits(traits: JsonObject): JsonObject {
  const read: JsonObject = {};
  for (const [name, value] of Object.entries(traits)) {
    const ours = snakeCase(name);
    if (ours === 'consent' || (ours !== name && Object.hasOwn(traits, ours))) continue;
    put(read, ours, ALWAYS_TEXT.has(ours) && typeof value === 'number' ? String(value) : value);
  }
  const address = objectOf(traits.address);
  for (const part of FROM_ADDRESS) {
    const value = address[part];
    if (value !== undefined && !Object.hasOwn(read, part)) put(read, part, value);
  }
  return read;
}

/** Sets a field whatever its name: `__proto__` too stays a field, and is refused as one. */
function put(into: JsonObject, name: string, value: Json): void {
  Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
}
