// The worker thread for reports: a connection that only reads, so that a long page never keeps the writer waiting.

import { openForReading } from './database.ts';
import { understood } from './failures.ts';
import { type Answer, invoke, type Request } from './protocol.ts';
import { prepareReports } from './reports.ts';
import { serve } from './serve.ts';
import { toWire } from './wire.ts';

serve(({ folder }, answer) => {
  const db = openForReading(folder);
  const reports = prepareReports(db);
  function attempt(request: Request): Answer {
    try {
      return { id: request.id, ok: true, value: invoke(reports, request) };
    } catch (error) {
      return { id: request.id, ok: false, error: toWire(understood(error)) };
    }
  }

  return {
    take(requests) {
      // One by one: the answer of a short question does not wait for that of a long one.
      for (const request of requests) answer([attempt(request)]);
    },
    close: () => db.close(),
  };
});
