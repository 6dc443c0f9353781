// Reads a workspace folder into a map of files. The only place that knows a workspace as a folder.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { TropaError } from '../language/errors.ts';

/** A workspace of more is a mistake: somebody's home folder, most likely. */
const MOST_FILES = 10_000;

/** Every file of a workspace by its path inside it. Hidden files and `node_modules` are passed over. */
export async function readFolder(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const known = await stat(folder).catch(() => null);
  if (known?.isDirectory() !== true) throw new TropaError('E_CONFIG', `There is no workspace folder ${folder}. Make one with \`tropa init ${folder}\`, or name another with --workspace.`);
  await collect(folder, folder, files);
  return files;
}

async function collect(root: string, folder: string, files: Map<string, string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collect(root, path, files);
    else if (/\.(yaml|mjml|html|txt)$/.test(entry.name)) files.set(relative(root, path).replaceAll('\\', '/'), await readFile(path, 'utf8'));
    if (files.size > MOST_FILES) throw new TropaError('E_CONFIG', `${root} has more than ${MOST_FILES} files. Is it a workspace?`);
  }
}
