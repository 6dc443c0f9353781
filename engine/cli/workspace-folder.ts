// Reads a workspace folder into a map of files. The only place that knows a workspace as a folder.

import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { TropaError } from '../language/errors.ts';
import type { Files } from '../language/workspace.ts';

/** A workspace of more is a mistake: somebody's home folder, most likely. */
const MOST_FILES = 10_000;
const SETTINGS = 'tropa.yaml';

/** Every file of a workspace by its path inside it. Hidden files and `node_modules` are passed over. */
export async function readFolder(folder: string): Promise<Files> {
  const files = new Map<string, string>();
  const known = await stat(folder).catch(() => null);
  if (known?.isDirectory() !== true)
    throw new TropaError(
      'E_CONFIG',
      `There is no workspace folder ${folder}. Make one with \`tropa init ${folder}\`, or name another with --workspace.`,
    );
  await collect(folder, folder, files);
  return files;
}

async function collect(root: string, folder: string, files: Map<string, string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collect(root, path, files);
    else if (/\.(yaml|mjml|html|txt)$/.test(entry.name))
      files.set(relative(root, path).replaceAll('\\', '/'), await readFile(path, 'utf8'));
    if (files.size > MOST_FILES)
      throw new TropaError('E_CONFIG', `${root} has more than ${MOST_FILES} files. Is it a workspace?`);
  }
}

/** A workspace, and which part of it is meant: `journeys/welcome/journey.yaml` is a part of `journeys`. */
export interface Meant {
  readonly workspace: string;
  /** Path inside the workspace, `''` for all of it. */
  readonly part: string;
}

/** The workspace that a path lies in: the nearest folder at or above it with a tropa.yaml, else the path itself. */
export function workspaceOfPath(path: string): Meant {
  if (!existsSync(path))
    throw new TropaError(
      'E_CONFIG',
      `There is no ${path}. Name a workspace folder, a journey's folder, or a file of it.`,
    );
  const start = statSync(path).isDirectory() ? path : dirname(path);
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, SETTINGS))) {
      const part = relative(folder, resolve(path)).replaceAll('\\', '/');
      return { workspace: relative(process.cwd(), folder) || '.', part: part === SETTINGS ? '' : part };
    }
    if (folder === dirname(folder)) return { workspace: start, part: '' };
  }
}

/** Whether a file of the workspace belongs to the part that is meant. */
export function belongs(file: string, { part }: Meant): boolean {
  return part === '' || file === part || file.startsWith(`${part}/`);
}

/** What stands before the paths of a workspace's files, as somebody in this folder would type them. */
export function prefixOf(workspace: string): string {
  const path = relative(process.cwd(), resolve(workspace)).replaceAll('\\', '/');
  return path === '' ? '' : `${path}/`;
}

/** Files of a journey as they may be named: no paths, nothing hidden. */
const PLAIN_NAME = /^(?!\.)[^/\\\0]+\.(?:yaml|mjml|html|txt)$/;

/**
 * Writes files of a journey into its folder, the one whose `journey.yaml` names it, else one named after it; each whole or
 * not at all. What is there besides stays.
 */
export async function writeJourney(
  workspace: string,
  journey: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const known = await readFolder(workspace);
  const names = new RegExp(`^journey:\\s*["']?${journey}["']?\\s*(?:#.*)?$`, 'm');
  const own = [...known].find(([path, text]) => /^[^/]+\/journey\.yaml$/.test(path) && names.test(text));
  const folder = own === undefined ? journey : dirname(own[0]);
  await mkdir(join(workspace, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    if (!PLAIN_NAME.test(name) || known.get(`${folder}/${name}`) === text) continue;
    const path = join(workspace, folder, name);
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  }
}
