// The dashboard's whole API: which routes there are.

import type { FastifyInstance } from 'fastify';
import type { HttpHost } from '../host.ts';
import { draftRoutes } from './drafts.ts';
import { Figures } from './figures.ts';
import { type ApiRoute, route, serveApi } from './frame.ts';
import { guideRoutes } from './guide.ts';
import { journeyRoutes } from './journeys.ts';
import { messageRoutes } from './messages.ts';
import { describeApi } from './openapi.ts';
import { overviewRoutes } from './overview.ts';
import { peopleRoutes } from './people.ts';
import { sandboxRoutes } from './sandbox.ts';
import { segmentRoutes } from './segments.ts';
import { sessionRoutes } from './session.ts';
import { settingsRoutes } from './settings.ts';
import { userRoutes } from './users.ts';

/** Serves them; answers all there are. */
export function serveDashboardApi(app: FastifyInstance, host: HttpHost): readonly ApiRoute[] {
  const figures = new Figures(host);
  const routes: ApiRoute[] = [
    ...sessionRoutes(host),
    ...userRoutes(host),
    ...overviewRoutes(host, figures),
    ...journeyRoutes(host, figures),
    ...draftRoutes(host, figures),
    ...peopleRoutes(host),
    ...messageRoutes(host),
    ...sandboxRoutes(host),
    ...segmentRoutes(host),
    ...settingsRoutes(host),
    ...guideRoutes(app, host),
  ];
  routes.push(
    route({
      method: 'GET',
      url: '/api/openapi.json',
      role: 'viewer',
      summary: 'This description.',
      answer: () => describeApi(routes),
    }),
  );
  serveApi(app, routes, host);
  return routes;
}
