// The editor's routes: a journey's files, and what would come of others. What they do is the host's `drafts`.

import { z } from 'zod';
import { TropaError } from '../../language/errors.ts';
import type { Drafts } from '../drafts-host.ts';
import type { HttpHost } from '../host.ts';
import type { Figures } from './figures.ts';
import { type ApiRoute, route } from './frame.ts';

/** A journey's folder is texts; a picture or a book is none. */
const LIMIT = 2 * 1024 * 1024;
const NAME = /^(?!\.)[A-Za-z0-9_.-]{1,120}\.(?:yaml|mjml|html|txt)$/;
const files = z
  .record(z.string().regex(NAME, 'is no name of a template, a spec or journey.yaml'), z.string().max(512 * 1024))
  .refine((all) => Object.keys(all).length <= 200, 'are too many files');
const draft = z.strictObject({ files });
const publication = z.strictObject({ files, parent: z.string().max(200), force: z.boolean() });

export function draftRoutes(host: HttpHost, figures: Figures): ApiRoute[] {
  const url = '/api/journeys/:id/draft';
  return [
    route({ method: 'GET', url, role: 'viewer', answer: ({ params }) => desk(host).open(params.id ?? '') }),
    route({
      method: 'POST',
      url: `${url}/check`,
      changes: false,
      role: 'viewer',
      body: draft,
      bodyLimit: LIMIT,
      answer: async ({ params, body }) => {
        const [look, inside] = await Promise.all([desk(host).look(params.id ?? '', body.files), figures.inside()]);
        const people = [...(inside.get(params.id ?? '')?.values() ?? [])].reduce((sum, n) => sum + n, 0);
        return { ...look, inside: people };
      },
    }),
    route({
      method: 'POST',
      url: `${url}/specs`,
      changes: false,
      role: 'author',
      body: draft,
      bodyLimit: LIMIT,
      answer: async ({ params, body }) => ({ cases: await desk(host).specs(params.id ?? '', body.files) }),
    }),
    route({
      method: 'POST',
      url: `${url}/simulate`,
      changes: false,
      role: 'author',
      body: draft,
      bodyLimit: LIMIT,
      answer: ({ params, body }) => desk(host).simulate(params.id ?? '', body.files),
    }),
    route({
      method: 'POST',
      url: `${url}/publish`,
      role: 'author',
      body: publication,
      bodyLimit: LIMIT,
      answer: ({ params, body, caller }) =>
        desk(host).publish(params.id ?? '', body.files, {
          parent: body.parent,
          author: caller.email,
          force: body.force,
        }),
    }),
  ];
}

function desk({ drafts }: HttpHost): Drafts {
  if (drafts === undefined) throw new TropaError('E_NOT_FOUND', 'Nothing can be edited here.');
  return drafts;
}
