// JSON Schema (draft-07, which the YAML extension of VS Code understands) for the files authors type. Made from the
// very shapes that read them.

import { JOURNEY_FIELDS } from './journey-shapes.ts';
import { VERBS } from './read-steps.ts';
import { SETTINGS_FIELDS } from './settings-shapes.ts';
import { lineSchema } from './spec-lines.ts';
import { CASE_FIELDS, SPEC_FIELDS } from './spec-shapes.ts';
import type { Verb } from './steps/verb.ts';
import { COMMON } from './steps/verb.ts';
import type { Fields } from './yaml/compound.ts';
import { mapSchemaOf } from './yaml/compound.ts';
import type { JsonSchema } from './yaml/shape.ts';
import { Library } from './yaml/shape.ts';

export type SchemaKind = 'journey' | 'settings' | 'spec';

const TITLES: Readonly<Record<SchemaKind, string>> = {
  journey: 'A Tropa journey (journey.yaml)',
  settings: 'Settings of a Tropa workspace (tropa.yaml)',
  spec: 'Tests of a Tropa journey (journey.spec.yaml)',
};

/** The schema of one kind of file, as `tropa schema` prints it. */
export function jsonSchema(kind: SchemaKind): JsonSchema {
  const library = new Library();
  if (kind === 'journey') library.ref('steps', () => stepsSchema(library));
  if (kind === 'spec') {
    library.ref('line', () => lineSchema(library));
    library.ref('case', () =>
      mapSchemaOf(CASE_FIELDS, library, 'One promise: what happens, and what must come of it.'),
    );
  }
  const fields: Fields = kind === 'journey' ? JOURNEY_FIELDS : kind === 'settings' ? SETTINGS_FIELDS : SPEC_FIELDS;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: TITLES[kind],
    ...mapSchemaOf(fields, library),
    definitions: library.definitions,
  };
}

function stepsSchema(library: Library): JsonSchema {
  return { type: 'array', items: library.ref('step', () => stepSchema(library)) };
}

/** Every verb and option once, so that an editor can offer them; then what each verb allows and needs. */
function stepSchema(library: Library): JsonSchema {
  const fields = VERBS.flatMap(({ fields: own }) => Object.entries(own));
  const all = { ...COMMON, ...Object.fromEntries(fields.map(([key, field]) => [key, { ...field, required: false }])) };
  return {
    ...mapSchemaOf(all, library, 'A step: one verb and its options.'),
    anyOf: VERBS.map(({ key }) => ({ required: [key] })),
    allOf: VERBS.map(verbRule),
  };
}

function verbRule({ key, fields }: Verb): JsonSchema {
  const others = VERBS.filter((other) => other.key !== key).map((other) => ({ required: [other.key] }));
  const needed = Object.keys(fields).filter((field) => fields[field]?.required === true);
  // `if` beside another verb is a guard, not a branch.
  const when = key === 'if' ? { required: [key], not: { anyOf: others } } : { required: [key] };
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  return { if: when, then: { required: needed, propertyNames: { enum: Object.keys({ ...COMMON, ...fields }) } } };
}
