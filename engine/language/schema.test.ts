// The JSON Schemas that editors use are those the shapes make.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { VERBS } from './read-steps.ts';
import type { SchemaKind } from './schema.ts';
import { jsonSchema } from './schema.ts';

const DOCS = new URL('../../docs/schema/', import.meta.url);

describe('the JSON Schema', () => {
  test.each([
    ['journey', 'journey.schema.json'],
    ['settings', 'tropa.schema.json'],
    ['spec', 'spec.schema.json'],
  ] as const)('of %s is the one in docs/schema (write it anew with `tropa schema`)', (kind: SchemaKind, file) => {
    expect(JSON.parse(readFileSync(new URL(file, DOCS), 'utf8'))).toEqual(JSON.parse(JSON.stringify(jsonSchema(kind))));
  });

  test('says something about every key of every map', () => {
    const silent: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(value as Record<string, { description?: string }>)) {
            if (!property.description) silent.push(`${path}.${name}`);
          }
        }
        look(value, `${path}.${key}`);
      }
    };
    for (const kind of ['journey', 'settings', 'spec'] as const) look(jsonSchema(kind), kind);
    expect(silent).toEqual([]);
  });

  test('refers to nothing that is not there', () => {
    for (const kind of ['journey', 'settings', 'spec'] as const) {
      const schema = jsonSchema(kind) as { definitions: Record<string, unknown> };
      const names = [...JSON.stringify(schema).matchAll(/"#\/definitions\/(\w+)"/g)].map(([, name]) => name);
      expect(Object.keys(schema.definitions)).toEqual(expect.arrayContaining([...new Set(names)]));
    }
  });

  test('knows every verb', () => {
    const { definitions } = jsonSchema('journey') as { definitions: { step: { properties: Record<string, unknown> } } };
    expect(Object.keys(definitions.step.properties)).toEqual(expect.arrayContaining(VERBS.map(({ key }) => key)));
  });
});
