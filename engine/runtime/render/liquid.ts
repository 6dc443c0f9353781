// Liquid under limits: no files, no prototypes, an end in time and memory. What is undefined renders empty and is told.

import type { Template as Parsed } from 'liquidjs';
import { Liquid } from 'liquidjs';
import { addFilters, MANNER, type Manner } from './filters.ts';

const LIMITS = { parseLimit: 1_000_000, renderLimit: 250, memoryLimit: 5_000_000 };
/** Loops within loops end here, long before the clock would end them. */
const TEMPLATE_LIMIT = 200_000;
const MOST_OUTPUT = 2_000_000;

function engine(escaping: boolean): Liquid {
  const liquid = new Liquid({
    ...LIMITS,
    ownPropertyOnly: true,
    strictFilters: true,
    lenientIf: true,
    catchAllErrors: true,
    templates: {},
    ...(escaping && { outputEscape: 'escape' }),
  });
  addFilters(liquid);
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];
  return liquid;
}

const ENGINES = { html: engine(true), text: engine(false) };
export type Mode = keyof typeof ENGINES;

/** A piece of Liquid, parsed once. */
export interface Piece {
  readonly mode: Mode;
  readonly parsed: Parsed[];
}

/** Throws liquidjs' own error for Liquid that cannot be read. */
export function parsePiece(text: string, mode: Mode): Piece {
  return { mode, parsed: ENGINES[mode].parse(text) };
}

/** Renders; names of undefined variables go to `faults`. Throws when a limit is reached. */
export function renderPiece(piece: Piece, data: object, manner: Manner, faults: Set<string>): string {
  const liquid = ENGINES[piece.mode];
  const options = { globals: { [MANNER]: manner }, templateLimit: TEMPLATE_LIMIT };
  try {
    return bounded(liquid.renderSync(piece.parsed, data, { ...options, strictVariables: true }) as string);
  } catch (error) {
    for (const name of undefinedNames(error)) faults.add(name);
  }
  return bounded(liquid.renderSync(piece.parsed, data, { ...options, strictVariables: false }) as string);
}

/** The variables that were undefined; anything else is thrown on. */
function undefinedNames(error: unknown): string[] {
  return causesOf(error).map((one) => {
    const match = /undefined variable: ([^,\s]+)/.exec(one.message);
    if (match === null) throw one;
    return match[1] ?? '';
  });
}

/** Liquid gathers errors of blocks within blocks. */
function causesOf(error: unknown): Error[] {
  const inner = (error as { errors?: unknown[] }).errors;
  return inner === undefined ? [error as Error] : inner.flatMap(causesOf);
}

function bounded(text: string): string {
  if (text.length > MOST_OUTPUT) throw new Error(`the template made more than ${MOST_OUTPUT} characters`);
  return text;
}
