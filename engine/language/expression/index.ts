// Conditions: parsed and checked once, evaluated often.
export { evaluate, holds } from './evaluate.ts';
export type { Parsed } from './parse.ts';
export { parseCondition } from './parse.ts';
