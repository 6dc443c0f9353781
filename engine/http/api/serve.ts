// The dashboard's whole API: which routes there are, and who asks.

import type { FastifyInstance } from 'fastify';
import type { HttpHost } from '../host.ts';
import { draftRoutes } from './drafts.ts';
import { Figures } from './figures.ts';
import { type ApiRoute, type Caller, route, serveApi } from './frame.ts';
import { guideRoutes } from './guide.ts';
import { journeyRoutes } from './journeys.ts';
import { messageRoutes } from './messages.ts';
import { overviewRoutes } from './overview.ts';
import { peopleRoutes } from './people.ts';
import { sandboxRoutes } from './sandbox.ts';
import { segmentRoutes } from './segments.ts';
import { settingsRoutes } from './settings.ts';

/** Who sits at the machine itself runs it, and may do everything; nobody else is answered. */
const OPERATOR: Caller = { email: 'operator', role: 'admin' };

export function serveDashboardApi(app: FastifyInstance, host: HttpHost): void {
  const figures = new Figures(host);
  const session: ApiRoute = route({
    method: 'GET',
    url: '/api/session',
    role: 'viewer',
    answer: ({ caller }) => ({ user: caller }),
  });
  const routes = [
    session,
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
  serveApi(app, routes, () => Promise.resolve(OPERATOR));
}
