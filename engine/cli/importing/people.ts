// A row of the file as what it tells about somebody. What cannot be understood is said, and the rest of the row taken.

import { type IdentityKind, identityKey } from '../../core/identity.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type { CsvRow } from './csv-text.ts';
import type { Column } from './mapping.ts';
import { momentOf, phoneOf, traitOf, truthOf } from './values.ts';

/** What a row says. */
export interface Told {
  readonly row: number;
  /** Identity keys; the engine judges them again. */
  readonly who: readonly string[];
  readonly traits: JsonObject;
  readonly consent: { readonly [channel: string]: boolean };
  /** When consent was given or withdrawn, or null: now. */
  readonly consent_at: number | null;
}

export interface Reading {
  /** Null: the row is refused, for the first of `remarks`. */
  readonly told: Told | null;
  readonly remarks: readonly string[];
}

const KINDS = { id: 'user', email: 'email', phone: 'phone', anonymous_id: 'anonymous' } as const;

/** Reads one row. `country` tells telephone numbers without a plus, where the row has no country of its own. */
export function readRow({ row, cells }: CsvRow, columns: readonly Column[], country: string | null): Reading {
  const extra = cells.slice(columns.length).some((cell) => cell !== '');
  if (extra) return { told: null, remarks: [`${cells.length} cells, but the heading names ${columns.length} columns`] };
  const draft = new Draft(row, countryIn(cells, columns) ?? country);
  for (const [n, column] of columns.entries()) {
    const cell = cells[n] ?? '';
    if (cell !== '') draft.take(column, cell);
  }
  return draft.reading();
}

function countryIn(cells: readonly string[], columns: readonly Column[]): string | null {
  const place = columns.findIndex(({ target }) => target.as === 'trait' && target.name === 'country');
  const told = cells[place] ?? '';
  return /^[A-Za-z]{2}$/.test(told) ? told : null;
}

class Draft {
  readonly #row: number;
  readonly #country: string | null;
  readonly #who: string[] = [];
  readonly #traits: { [name: string]: Json } = {};
  readonly #consent: { [channel: string]: boolean } = {};
  readonly #remarks: string[] = [];
  #at: number | null = null;

  constructor(row: number, country: string | null) {
    this.#row = row;
    this.#country = country;
  }

  take({ heading, target }: Column, cell: string): void {
    if (target.as === 'identity') this.#identify(heading, target.name, cell);
    else if (target.as === 'consent') this.#consents(heading, target.channel, cell);
    else if (target.as === 'consent_at') this.#dates(heading, cell);
    else if (target.as === 'trait') this.#put(heading, target.name, traitOf(cell, target.kind), target.kind);
  }

  #identify(heading: string, name: keyof typeof KINDS, cell: string): void {
    const kind: IdentityKind = KINDS[name];
    const value = kind === 'phone' ? phoneOf(cell, this.#country) : cell;
    const key = identityKey(kind, value);
    if (key === null) {
      this.#remarks.push(`"${heading}" is not taken: ${WRONG[kind]}`);
      return;
    }
    this.#who.push(key);
    if (kind === 'email' || kind === 'phone') this.#traits[kind] = value;
  }

  #consents(heading: string, channel: string, cell: string): void {
    const truth = truthOf(cell);
    if (truth === null) this.#remarks.push(`"${heading}" is not taken: neither yes nor no`);
    else this.#consent[channel] = truth;
  }

  #dates(heading: string, cell: string): void {
    const at = momentOf(cell);
    if (at === undefined) this.#remarks.push(`"${heading}" is not taken: no date such as 2026-03-31`);
    else this.#at = at;
  }

  #put(heading: string, name: string, value: Json | undefined, kind: string): void {
    if (value === undefined) this.#remarks.push(`"${heading}" is not taken: no ${kind}`);
    else this.#traits[name] = value;
  }

  reading(): Reading {
    const remarks = this.#remarks;
    if (this.#who.length === 0)
      return { told: null, remarks: remarks.length > 0 ? remarks : ['nothing says whom it is about'] };
    const told = {
      row: this.#row,
      who: this.#who,
      traits: this.#traits,
      consent: this.#consent,
      consent_at: this.#at,
    };
    return { told, remarks };
  }
}

const WRONG: Readonly<Record<IdentityKind, string>> = {
  user: 'this names nobody',
  email: 'no email address',
  phone: 'no telephone number',
  anonymous: 'this names nobody',
};
