// The worker thread for reports: a connection that only reads, so that a long page never keeps the writer waiting.

import { openForReading } from './database.ts';
import { understood } from './failures.ts';
import { invoke } from './protocol.ts';
import { prepareReports } from './reports.ts';
import { serve } from './serve.ts';
import { toWire } from './wire.ts';

serve(({ folder }, answer) => {
  const db = openForReading(folder);
  const reports = prepareReports(db);
  return {
    take(request) {
      try {
        answer({ id: request.id, ok: true, value: invoke(reports, request) });
      } catch (error) {
        answer({ id: request.id, ok: false, error: toWire(understood(error)) });
      }
    },
    close: () => db.close(),
  };
});
