// Conditions: parsed and checked once, evaluated often.
export { evaluate } from './evaluate.ts';
export { parseCondition } from './parse.ts';
