// What authors save on a bad day, into a workspace that is being served: it is refused with its code and remedy, nothing of
// it is deployed, and the journeys that run go on. What is merely large, or has no end, is held to its budget.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { formatFault } from '../language/errors.ts';
import type { JsonObject } from '../language/values.ts';
import { CheckFailed } from '../runtime/deploy.ts';
import { HELLO, Neighbours } from '../testing/neighbours.ts';
import { startTropa, type Tropa, writeWorkspace } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
let tropa: Tropa;
let neighbours: Neighbours;
beforeAll(async () => {
  tropa = await startTropa({ workspace: HELLO, clock: NOON });
  neighbours = new Neighbours(tropa);
});
afterAll(() => tropa.close());
afterEach(() => neighbours.goOn());

const BAD = 'bad/journey.yaml';
const journey = (steps: string, id = 'bad'): string =>
  `journey: ${id}\nstatus: live\ncategory: transactional\ntrigger: { event: begin }\nsteps:\n${steps}\n`;
const MAIL = { 'bad/mail.email.html': 'subject: Mail\n---\n<p>Mail</p>\n' };

const BOMB = `a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]
${[...'bcdefghi'].map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(',')}]`).join('\n')}
journey: bad
`;

/** Deploys with these files beside the running journey, and takes them away again. What is said is every fault as printed. */
async function deployWith(files: Readonly<Record<string, string>>): Promise<{ deployed: boolean; said: string }> {
  await writeWorkspace(tropa.workspace, files);
  try {
    const { warnings } = await tropa.ask<{ warnings: string[] }>('deploy', { workspace: tropa.workspace });
    return { deployed: true, said: warnings.join('\n') };
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    return { deployed: false, said: error.faults.map(formatFault).join('\n') };
  } finally {
    await rm(join(tropa.workspace, 'bad'), { recursive: true, force: true });
  }
}

const messagesOf = async (id: string): Promise<JsonObject[]> =>
  (await tropa.inbox()).filter((row) => row.profile === id);

async function begin(id: string, more: JsonObject = {}): Promise<void> {
  await tropa.track(id, 'begin', {}, { context: { traits: { email: `${id}@example.com`, ...more } } });
  await tropa.drain();
}

describe('a save that is refused', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a template of 1 MB',
      { [BAD]: journey('  - email: mail'), 'bad/mail.email.html': `subject: x\n---\n${'x'.repeat(1_000_000)}` },
      'E_TEMPLATE_SIZE',
    ],
    [
      'a journey file of 2 MB',
      { [BAD]: `${journey('  - email: mail')}# ${'x'.repeat(2_000_000)}\n`, ...MAIL },
      'E_TOO_LARGE',
    ],
    ['a YAML bomb', { [BAD]: BOMB }, 'E_ANCHOR'],
    ['YAML nested 5,000 deep', { [BAD]: `journey: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n` }, 'E_TOO_DEEP'],
    ['__proto__ as a key', { [BAD]: `__proto__: { a: 1 }\n${journey('  - email: mail')}`, ...MAIL }, 'E_KEY_REFUSED'],
    ['two journeys with one id', { [BAD]: journey('  - email: mail', 'hello'), ...MAIL }, 'E_DUPLICATE_JOURNEY'],
    [
      'a journey of 2,001 steps',
      { [BAD]: journey('  - email: mail\n'.repeat(2_001)), ...MAIL },
      'E_TOO_LARGE.*2000 steps',
    ],
    ['a template that is not there', { [BAD]: journey('  - email: mail') }, 'E_UNKNOWN_TEMPLATE'],
    [
      'Liquid that does not end',
      { [BAD]: journey('  - email: mail'), 'bad/mail.email.html': 'subject: x\n---\n{% for i in (1..9) %}' },
      'E_TEMPLATE_LIQUID',
    ],
    ['control characters and broken bytes', { [BAD]: `journey: \u0000\u0001\ufffd\n` }, 'E_MISSING_KEY'],
  ])('%s', async (_what, files, code) => {
    const begun = performance.now();
    const { deployed, said } = await deployWith(files);
    expect({ deployed, said: said.slice(0, 500) }).toEqual({
      deployed: false,
      said: expect.stringMatching(new RegExp(code)),
    });
    expect(said.length).toBeLessThan(20_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await begin('mallory');
    expect(await messagesOf('mallory')).toEqual([]);
  });
});

describe('a workspace that is large, or poor', () => {
  test('a journey of 2,000 steps is deployed and walked to its end', async () => {
    const steps = Array.from({ length: 1_998 }, (_, n) => `  - set: { n${n % 50}: ${n} }`).join('\n');
    const { deployed, said } = await deployWith({ [BAD]: journey(`${steps}\n  - wait: 1h\n  - email: mail`), ...MAIL });
    expect({ deployed, said }).toEqual({ deployed: true, said: expect.any(String) });
    await begin('walker');
    await tropa.advance('2h');
    expect(await messagesOf('walker')).toHaveLength(1);
  });

  test('whoever speaks a language without a template gets none, with the reason; the author was warned, others get theirs', async () => {
    const { deployed, said } = await deployWith({
      [BAD]: journey('  - email: mail'),
      'bad/mail.ru.email.html': 'subject: Письмо\n---\n<p>Привет</p>\n',
    });
    expect(deployed).toBe(true);
    expect(said).toContain('W_NO_DEFAULT_TEMPLATE');
    await begin('heidi', { locale: 'de' });
    await begin('ivan', { locale: 'ru-RU' });
    expect(await messagesOf('heidi')).toEqual([
      expect.objectContaining({ status: 'failed', reason: expect.stringMatching(/^content: no template "mail"/) }),
    ]);
    expect(await messagesOf('ivan')).toEqual([expect.objectContaining({ status: 'delivered' })]);
  });

  test('a Liquid loop without end ends at its budget, and is shown as the reason why its message failed', async () => {
    const loop =
      'subject: x\n---\n{% for i in (1..1000000000) %}{% for j in (1..1000000000) %}x{% endfor %}{% endfor %}';
    expect((await deployWith({ [BAD]: journey('  - email: mail'), 'bad/mail.email.html': loop })).deployed).toBe(true);
    const begun = performance.now();
    await begin('looper');
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(await messagesOf('looper')).toEqual([
      expect.objectContaining({ status: 'failed', reason: expect.stringMatching(/^content: .*limit exceeded/) }),
    ]);
  });
});
