// Copies of records. A person is JSON through and through, which is copied several times faster than structuredClone does.

/** A deep copy of plain data: maps, lists and scalars. */
export function copy<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const made: Record<string, unknown> = {};
  // Doors refuse `__proto__`; were one to pass, it would set a prototype here.
  for (const key in value) if (key !== '__proto__') made[key] = copy((value as Record<string, unknown>)[key]);
  return made as T;
}
