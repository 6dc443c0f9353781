// The thread that compiles MJML: it takes tens of milliseconds and a library that takes long to load.

import { parentPort } from 'node:worker_threads';
import { compileMjml } from './mjml-compile.ts';

parentPort?.on('message', async (mjml: string) => parentPort?.postMessage(await compileMjml(mjml)));
