// The worker thread for reports: a connection that only reads, so that a long page never keeps the writer waiting.

import { openForReading } from './database.ts';
import { prepareReports } from './reports.ts';
import { attempt, serve } from './serve.ts';

serve(({ folder }, { answer }) => {
  const db = openForReading(folder);
  const reports = prepareReports(db);
  return {
    take(requests) {
      // One by one: the answer of a short question does not wait for that of a long one.
      for (const request of requests) answer([attempt(reports, request)]);
    },
    close: () => db.close(),
  };
});
