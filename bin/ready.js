// Makes a fresh clone runnable, with nothing but Node: installs when the lock file is newer than what is installed,
// compiles when a source is newer than what is compiled. Run before `npm start` and `npm test`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Whether a command went well; what it says goes to stderr, or nowhere where another try follows. */
function went(command, args, quiet = false) {
  const options = { cwd: root, stdio: quiet ? 'ignore' : ['ignore', 2, 2], shell: process.platform === 'win32' };
  return spawnSync(command, args, options).status === 0;
}

/** The latest change of any source below `folder`. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : changed(path));
  }
  return latest;
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Tropa needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}

if (changed(join(root, 'node_modules/.package-lock.json')) < changed(join(root, 'package-lock.json'))) {
  process.stderr.write('Installing packages (once) …\n');
  const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];
  // A registry mirror may lack builds for platforms other than this one; `ci` insists on them, `install` does not.
  const installed = went('npm', ['ci', ...quietly], true) || went('npm', ['install', '--no-save', ...quietly]);
  if (!installed) process.exit(1);
}

const record = join(root, 'dist/tsconfig.tsbuildinfo');
const built = changed(record);
const folders = ['engine', 'channels', 'bench'].map((folder) => newest(join(root, folder)));
const sources = Math.max(...folders, changed(join(root, 'tsconfig.json')));
if (!existsSync(join(root, 'dist/engine/main.js')) || built < sources) {
  process.stderr.write('Compiling …\n');
  if (!went(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root])) process.exit(1);
  // The compiler leaves its record as it was where nothing it compiles has changed (a test, say): the next start is not to ask again.
  const now = new Date();
  utimesSync(record, now, now);
}

// What the browser loads: built again when one of its sources, or a package it is made of, is newer.
const page = changed(join(root, 'dashboard/dist/index.html'));
const parts = ['dashboard/index.html', 'dashboard/vite.config.ts', 'package-lock.json'].map((path) =>
  changed(join(root, path)),
);
if (page < Math.max(newest(join(root, 'dashboard/src')), ...parts)) {
  process.stderr.write('Building the dashboard …\n');
  if (
    !went(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'dashboard', '--logLevel', 'warn'])
  )
    process.exit(1);
}
