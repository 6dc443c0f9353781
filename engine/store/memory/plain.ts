// Copies and freezes plain data, so that a decision and the store never share something that either may change.

/** A deep copy of JSON-like data; fields that are undefined are left out, as any database would. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) if (field !== undefined) put(copy, key, copyOf(field));
  return copy as T;
}

/** A frozen deep copy: may be handed to anybody, as often as one likes. */
export function frozenCopyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopyOf)) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) if (field !== undefined) put(copy, key, frozenCopyOf(field));
  return Object.freeze(copy) as T;
}

/** A storefront may name a field `__proto__`; assigning that would set the prototype instead of a field (I9). */
function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else target[key] = value;
}
