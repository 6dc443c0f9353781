// Formatters of Intl, made once: each costs more than all it writes in one mail.

const MOST = 2_000;
const made = new Map<string, unknown>();

/** The formatter of this name; `make` always makes the same for the same name. */
export function formatterOf<T>(name: string, make: () => T): T {
  const known = made.get(name);
  if (known !== undefined) return known as T;
  if (made.size >= MOST) made.clear();
  const formatter = make();
  made.set(name, formatter);
  return formatter;
}
