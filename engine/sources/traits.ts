// Traits as sources send them become traits as journeys read them: snake case, addresses flat, ids as text.

import type { Json, JsonObject } from '../language/values.ts';
import { isObject } from './read-json.ts';

const ALWAYS_TEXT = new Set(['email', 'phone', 'id']);
/** Parts of Segment's `address` that language.md has names for. */
const FROM_ADDRESS = ['city', 'country'] as const;

/** `firstName` → `first_name`, `ordersURL` → `orders_url`; names that are no identifier stay as they are. */
export function snakeCase(name: string): string {
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
  const out = new Map<string, Json>();
  for (const [name, value] of Object.entries(traits)) {
    const ours = snakeCase(name);
    if (ours === 'consent' || (ours !== name && Object.hasOwn(traits, ours))) continue;
    out.set(ours, ALWAYS_TEXT.has(ours) && typeof value === 'number' ? String(value) : value);
  }
  const address = traits.address;
  if (isObject(address)) {
    for (const part of FROM_ADDRESS) {
      const value = address[part];
      if (!out.has(part) && value !== undefined) out.set(part, value);
    }
  }
  return Object.fromEntries(out);
}
