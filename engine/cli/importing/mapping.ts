// Which column becomes what: guessed from its heading, overruled by --map.

import { KEPT } from '../../core/profile.ts';
import { TropaError } from '../../language/errors.ts';
import { didYouMean } from '../../language/suggest.ts';
import { CONSENT_AT, CONSENTS, IDENTITIES, type Kind, meaningOf, NOTHING, type Target, traitName } from './targets.ts';

export interface Column {
  readonly heading: string;
  readonly target: Target;
}

/** Under these names digits are no number: they keep their zeros. */
const SIGNS =
  /(?:^|_)(?:id|ids|zip|postcode|postal|index|code|card|sku|number|no|inn|индекс|код|карта|карты|номер|артикул|инн)(?:_|$)/u;
const RESERVED = new Set<string>([...KEPT, 'consent', '__proto__', 'constructor', 'prototype']);
const KINDS: readonly Kind[] = ['text', 'number', 'boolean', 'list'];
const TRAIT = /^[\p{L}_][\p{L}\p{N}_]{0,99}$/u;

/**
 * One answer a column. `kinds` is what the values of each column are. Throws TropaError `E_BAD_REQUEST` for a map that
 * names what is not there, and where nothing says who a row is about.
 */
export function mapColumns(headings: readonly string[], maps: readonly string[], kinds: readonly Kind[]): Column[] {
  const told = readMaps(headings, maps);
  const taken = new Set([...told.values()].map(({ name }) => name));
  const columns = headings.map((heading, n) => {
    const own = told.get(n);
    return {
      heading,
      target: own === undefined ? guess(headings, n, kinds[n] ?? 'text', taken) : targetOf(own, kinds[n]),
    };
  });
  if (!columns.some(({ target }) => target.as === 'identity'))
    throw new TropaError(
      'E_BAD_REQUEST',
      `No column says whom a row is about. Name one: --map "${headings[0] ?? 'column'}=email" (or id, phone). The columns are: ${headings.join(', ')}.`,
    );
  return columns;
}

/** Guessed by the heading; what is guessed twice goes to the first. */
function guess(headings: readonly string[], n: number, kind: Kind, taken: Set<string>): Target {
  const heading = headings[n] ?? '';
  if (n < 2 && headings[0] === 'line' && headings[1] === 'reason')
    return { as: 'nothing', why: 'of a report of refused rows' };
  const meaning = meaningOf(heading);
  const name = meaning === null || taken.has(meaning) ? traitName(heading) : meaning;
  if (name === '') return { as: 'nothing', why: 'has no name' };
  if (RESERVED.has(name)) return { as: 'nothing', why: 'Tropa keeps that itself' };
  if (taken.has(name)) return { as: 'nothing', why: `another column is ${name}` };
  taken.add(name);
  return targetOf({ name, kind: null }, kind);
}

interface Told {
  readonly name: string;
  readonly kind: Kind | null;
}

function targetOf({ name, kind }: Told, found: Kind = 'text'): Target {
  if (name === NOTHING) return { as: 'nothing', why: 'left out' };
  const identity = IDENTITIES.find((one) => one === name);
  if (identity !== undefined) return { as: 'identity', name: identity };
  if (name === CONSENT_AT) return { as: 'consent_at' };
  if (name.startsWith('consent.')) return { as: 'consent', channel: name.slice('consent.'.length) };
  if (kind !== null) return { as: 'trait', name, kind };
  if (name === 'tags') return { as: 'trait', name, kind: 'list' };
  return { as: 'trait', name, kind: found === 'number' && SIGNS.test(name) ? 'text' : found };
}

/** `Column=target`, several by commas; `#3` is the third column. */
function readMaps(headings: readonly string[], maps: readonly string[]): Map<number, Told> {
  const told = new Map<number, Told>();
  for (const entry of maps.flatMap((map) => map.split(',')).map((text) => text.trim())) {
    if (entry === '') continue;
    const at = entry.lastIndexOf('=');
    if (at < 1) throw new TropaError('E_BAD_REQUEST', `--map takes column=target, not "${entry}".`);
    const place = placeOf(headings, entry.slice(0, at).trim());
    const target = readTarget(entry.slice(at + 1).trim());
    const rival = [...told].find(([n, { name }]) => n !== place && name === target.name && name !== NOTHING);
    if (rival !== undefined)
      throw new TropaError(
        'E_BAD_REQUEST',
        `--map: "${headings[rival[0]] ?? ''}" and "${headings[place] ?? ''}" cannot both be ${target.name}.`,
      );
    told.set(place, target);
  }
  return told;
}

function placeOf(headings: readonly string[], name: string): number {
  const number = Number(/^#(\d{1,4})$/.exec(name)?.[1] ?? 0);
  if (number >= 1 && number <= headings.length) return number - 1;
  const same = (heading: string) => heading.toLowerCase() === name.toLowerCase();
  const place = headings.findIndex(same);
  if (place >= 0) return place;
  throw new TropaError(
    'E_BAD_REQUEST',
    `--map: there is no column "${name}".${didYouMean(name, headings) || ` The columns are: ${headings.join(', ')}.`}`,
  );
}

function readTarget(text: string): Told {
  const [, name = '', , ending] = /^(.*?)(:(\w+))?$/.exec(text) ?? [];
  const kind = KINDS.find((one) => one === ending) ?? null;
  if (ending !== undefined && kind === null)
    throw new TropaError(
      'E_BAD_REQUEST',
      `--map: "${ending}" is no kind of value.${didYouMean(ending, KINDS)} There are: ${KINDS.join(', ')}.`,
    );
  const ours = name === 'user_id' ? 'id' : name;
  const known: readonly string[] = [...IDENTITIES, ...CONSENTS, CONSENT_AT, NOTHING];
  if (known.includes(ours)) return { name: ours, kind: null };
  if (ours.startsWith('consent.'))
    throw new TropaError(
      'E_BAD_REQUEST',
      `--map: there is no "${ours}".${didYouMean(ours, known)} There are: ${[...CONSENTS, CONSENT_AT].join(', ')}.`,
    );
  if (RESERVED.has(ours))
    throw new TropaError(
      'E_BAD_REQUEST',
      `--map: Tropa keeps "${ours}" itself; call it otherwise, or leave it out with "-".`,
    );
  if (!TRAIT.test(ours))
    throw new TropaError('E_BAD_REQUEST', `--map: "${ours}" cannot be the name of a trait: letters, digits and "_".`);
  return { name: ours, kind };
}
