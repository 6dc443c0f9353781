// The functions of texts and lists, written behind a dot. Given null or a wrong kind, each answers null. Places in a text
// count characters, as `size` does; a place outside of it is as a missing index: null.

import type { Value } from '../values.ts';
import type { Asking, Written } from './functions.ts';
import { size } from './functions.ts';
import { boundedList, boundedText } from './operators.ts';
import { matches } from './patterns.ts';

type OfText = (target: string, args: readonly Value[], asking: Asking) => Value;

const method = (least: number, most: number, usage: string, run: OfText): Written => ({
  least,
  most,
  usage,
  literals: false,
  run: ([target, ...args], asking) => (typeof target === 'string' ? run(target, args, asking) : null),
});
const onText = (usage: string, run: (target: string, other: string, asking: Asking) => Value): Written =>
  method(1, 1, usage, (target, [other], asking) => (typeof other === 'string' ? run(target, other, asking) : null));

export const METHODS: ReadonlyMap<string, Written> = new Map(
  Object.entries({
    contains: onText('text.contains("x")', (target, other) => target.includes(other)),
    startsWith: onText('text.startsWith("x")', (target, other) => target.startsWith(other)),
    endsWith: onText('text.endsWith("x")', (target, other) => target.endsWith(other)),
    matches: onText('text.matches("[0-9]+")', (target, pattern, { spend }) => matches(target, pattern, spend)),
    indexOf: onText('text.indexOf("x")', (target, other) => {
      const at = target.indexOf(other);
      return at <= 0 ? at : size(target.slice(0, at));
    }),
    split: onText('text.split(",")', (target, by) => boundedList(by === '' ? [...target] : target.split(by))),
    replace: method(2, 2, 'text.replace("a", "b")', (target, [from, to]) =>
      typeof from === 'string' && from !== '' && typeof to === 'string' ? replaced(target, from, to) : null,
    ),
    substring: method(1, 2, 'text.substring(0, 3)', (target, [from = null, to]) => substring(target, from, to)),
    lowerAscii: method(0, 0, 'text.lowerAscii()', (target) =>
      target.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    ),
    upperAscii: method(0, 0, 'text.upperAscii()', (target) =>
      target.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    ),
    trim: method(0, 0, 'text.trim()', (target) => target.trim()),
    size: { least: 0, most: 0, usage: 'x.size()', literals: false, run: ([target]) => size(target) },
    join: { least: 0, most: 1, usage: 'list.join(", ")', literals: false, run: ([target, by]) => joined(target, by) },
  }),
);

/** Macros over lists, evaluated by `evaluate.ts`: how each is written. */
export const MACROS: ReadonlyMap<string, string> = new Map([
  ['all', 'list.all(x, condition)'],
  ['exists', 'list.exists(x, condition)'],
  ['exists_one', 'list.exists_one(x, condition)'],
  ['filter', 'list.filter(x, condition)'],
  ['map', 'list.map(x, value) or list.map(x, condition, value)'],
]);

/** Measured before it is made: a short text may become a thousand times as long. */
function replaced(target: string, from: string, to: string): string | null {
  const parts = target.split(from);
  const length = target.length + (parts.length - 1) * (to.length - from.length);
  return length <= 100_000 ? boundedText(parts.join(to)) : null;
}

function joined(target: Value | undefined, by: Value | undefined): string | null {
  if (!Array.isArray(target) || (by !== undefined && typeof by !== 'string')) return null;
  let length = 0;
  for (const item of target) {
    if (typeof item !== 'string') return null;
    length += item.length + (by?.length ?? 0);
  }
  return length <= 200_000 ? boundedText(target.join(by ?? '')) : null;
}

function substring(target: string, from: Value, to: Value | undefined): string | null {
  const characters = [...target];
  const end = to === undefined ? characters.length : to;
  if (typeof from !== 'number' || typeof end !== 'number' || !Number.isInteger(from) || !Number.isInteger(end))
    return null;
  return from >= 0 && from <= end && end <= characters.length ? characters.slice(from, end).join('') : null;
}
