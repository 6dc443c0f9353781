// Compiles MJML on a thread of its own: it takes tens of milliseconds and a library that takes long to load.

import { parentPort } from 'node:worker_threads';
import mjml2html from 'mjml';

interface Job {
  readonly id: number;
  readonly mjml: string;
}

parentPort?.on('message', async ({ id, mjml }: Job) => {
  try {
    const { html, errors } = await mjml2html(mjml, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      keepComments: false,
      fonts: {},
    });
    parentPort?.postMessage({ id, html, errors: errors.map(({ line, message }) => ({ line, message })) });
  } catch (error) {
    parentPort?.postMessage({
      id,
      html: null,
      errors: [{ line: 1, message: error instanceof Error ? error.message : String(error) }],
    });
  }
});
