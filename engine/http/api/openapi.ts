// The description of the API (OpenAPI 3.1), made of the very routes and schemas that answer: it cannot say anything else.

import { z } from 'zod';
import type { ApiRoute } from './frame.ts';

type Described = Record<string, unknown>;

/** The description of these routes. */
export function describeApi(routes: readonly ApiRoute[]): Described {
  const paths: Record<string, Record<string, Described>> = {};
  for (const one of routes) {
    const path = one.url.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation(one, path) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tropa',
      version: '1',
      description: 'What the dashboard asks. Sign in for a cookie, or send a key as `Authorization: Bearer tropa_…`.',
    },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'tropa' },
        key: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Problem: PROBLEM },
    },
  };
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    remedy: { type: 'string' },
  },
};

function operation(one: ApiRoute, path: string): Described {
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const answered = one.answers === undefined ? {} : { 'application/json': { schema: schemaOf(one.answers, 'output') } };
  return {
    operationId: `${one.method.toLowerCase()}${path.replace(/^\/api/, '').replace(/[^A-Za-z0-9]+(\w)?/g, (_all, letter) => String(letter ?? '').toUpperCase())}`,
    ...(one.summary !== undefined && { summary: one.summary }),
    'x-role': one.role,
    ...(one.role !== 'anyone' && { security: [{ session: [] }, { key: [] }] }),
    parameters: [...pathParameters(one.url), ...queryParameters(one)],
    ...(one.body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(one.body, 'input') } } },
    }),
    responses: {
      200: { description: 'Done', content: answered },
      default: { description: 'Refused', content: problem },
    },
  };
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Described => {
  const { $schema: _same, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

const pathParameters = (url: string): Described[] =>
  [...url.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));

function queryParameters({ query }: ApiRoute): Described[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaOf(schema as z.ZodType, 'input'),
  }));
}
