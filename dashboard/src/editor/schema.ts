// What the JSON Schema of a journey says about a place in its YAML: which keys and values may stand there, and what they
// mean.

import journey from '../../../docs/schema/journey.schema.json';
import spec from '../../../docs/schema/spec.schema.json';

export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly description?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

export const SCHEMAS = { journey: journey as unknown as Schema, spec: spec as unknown as Schema };

/** A schema with its choices laid side by side. */
function choices(root: Schema, schema: Schema | undefined, depth = 0): Schema[] {
  if (schema === undefined || depth > 12) return [];
  const own =
    schema.properties !== undefined ||
    schema.items !== undefined ||
    schema.enum !== undefined ||
    typeof schema.additionalProperties === 'object'
      ? [schema]
      : [];
  const named =
    schema.$ref === undefined
      ? []
      : choices(root, root.definitions?.[schema.$ref.replace('#/definitions/', '')], depth + 1);
  const more = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap((one) => choices(root, one, depth + 1));
  return [...own, ...named, ...more];
}

/** The schemas that may hold at a path; a number is a place in a list. */
export function schemasAt(root: Schema, path: readonly (string | number)[]): Schema[] {
  let here = choices(root, root);
  for (const part of path) {
    here = here.flatMap((schema) => {
      if (typeof part === 'number') return choices(root, schema.items);
      const next =
        schema.properties?.[part] ??
        (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
      return choices(root, next);
    });
  }
  return here;
}

/** Keys that may stand in a map at a path, with what they mean. */
export function keysAt(root: Schema, path: readonly (string | number)[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const schema of schemasAt(root, path))
    for (const [key, value] of Object.entries(schema.properties ?? {}))
      if (!found.has(key)) found.set(key, value.description ?? '');
  return found;
}

/** Words a value at a path may be. */
export const valuesAt = (root: Schema, path: readonly (string | number)[]): string[] => [
  ...new Set(schemasAt(root, path).flatMap((schema) => (schema.enum ?? []).map(String))),
];
