// The thing to try first: the `curl` that the comment at the head of some live journey writes down, for the terminal as it
// stands there, for the dashboard as the request it makes.

import type { Store } from '../ports/store.ts';
import type { Workshop } from './definitions.ts';

export interface Demonstration {
  readonly journey: string;
  readonly curl: string;
}

/** The first live journey that can be tried so, or null. */
export async function demonstrationOf(store: Store, definitions: Workshop): Promise<Demonstration | null> {
  for (const { compiled, paused, archived } of definitions.journeys) {
    if (compiled.journey.status !== 'live' || paused || archived) continue;
    const version = await store.version(compiled.hash);
    const curl = curlIn(version?.yaml ?? '');
    if (curl !== null) return { journey: compiled.journey.id, curl };
  }
  return null;
}

/** A command in the leading comment: from `# curl` to the next comment line that is empty. */
export function curlIn(yaml: string): string | null {
  const lines = yaml.split('\n');
  const body = lines.findIndex((line) => !line.startsWith('#'));
  const head = body < 0 ? lines : lines.slice(0, body);
  const start = head.findIndex((line) => /^#\s*curl\s/.test(line));
  if (start < 0) return null;
  const rest = head.slice(start);
  const end = rest.findIndex((line) => /^#\s*$/.test(line));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .map((line, n) => line.replace(n === 0 ? /^#\s*/ : /^# ?/, ''))
    .join('\n');
}

export interface DemonstrationRequest {
  /** Path of the call: `/v1/track`. */
  readonly path: string;
  readonly writeKey: string;
  readonly body: string;
}

/** The request such a command makes: its key, its path and its body; null where it is none we understand. */
export function requestOf(curl: string): DemonstrationRequest | null {
  const writeKey = /\s-u\s+([^\s:]+):/.exec(curl)?.[1];
  const path = /\bhttps?:\/\/[^/\s]+(\/v1\/[a-z]+)\b/.exec(curl)?.[1];
  const body = /\s-d\s+'([^']*)'/.exec(curl)?.[1];
  return writeKey === undefined || path === undefined || body === undefined ? null : { path, writeKey, body };
}
