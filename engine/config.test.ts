import { describe, expect, test } from '@jest/globals';
import { type Env, readConfig } from './config.ts';
import { TropaError } from './language/errors.ts';

function refusal(env: Env): { code: string; message: string } {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof TropaError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  test('have a default each', () => {
    expect(readConfig({})).toMatchObject({
      data: './data',
      workspace: './journeys',
      port: 7070,
      host: '127.0.0.1',
      publicUrl: null,
      secret: null,
      retention: 400 * 86_400_000,
      loopback: true,
      testClock: false,
    });
  });

  test('take flags before the environment, and an empty text as absent', () => {
    const config = readConfig({ TROPA_DATA: '/a', TROPA_WORKSPACE: '', PORT: '8080' }, { data: '/b' });
    expect([config.data, config.workspace, config.port]).toEqual(['/b', './journeys', 8080]);
  });

  test.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '70 70'],
    ['PORT', '1e3'],
    ['PUBLIC_URL', 'ftp://lumen.example'],
    ['PUBLIC_URL', 'lumen.example'],
    ['LOG_LEVEL', 'loud'],
    ['RETENTION', 'a while'],
    ['TROPA_SECRET', 'short'],
    ['METRICS_TOKEN', 'short'],
    ['TROPA_TEST_CLOCK', 'yes'],
  ])('refuse %s=%s by name, without telling its value', (name, value) => {
    const { code, message } = refusal({ [name]: value });
    expect(code).toBe('E_CONFIG');
    expect(message).toContain(name);
    if (name === 'TROPA_SECRET' || name === 'METRICS_TOKEN') expect(message).not.toContain(value);
  });

  test('suggest the setting that was meant, and leave names of one’s own alone', () => {
    expect(refusal({ TROPA_DATE: '/a' }).message).toMatch(/TROPA_DATE.*Did you mean TROPA_DATA\?/);
    expect(readConfig({ TROPA_PROMOTION_KEY: 'x', TWILIO_FROM: 'y' }).env.TWILIO_FROM).toBe('y');
  });

  test.each([
    ['MONGODB_URL', 'localhost:27017'],
    ['MONGODB_URL', 'http://x.example/tropa'],
    ['REDIS_URL', 'localhost:6379'],
  ])('refuse %s=%s, which is no address of one, and do not repeat it', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be an address such as`));
    expect(() => readConfig({ [name]: `${value} hunter2` })).not.toThrow(/hunter2/);
  });

  test('refuse Redis without a store to share', () => {
    expect(() => readConfig({ REDIS_URL: 'redis://localhost' })).toThrow(/REDIS_URL is set without MONGODB_URL/);
    const both = readConfig({ REDIS_URL: 'redis://localhost', MONGODB_URL: 'mongodb://localhost/tropa' });
    expect([both.redisUrl, both.mongodbUrl]).toEqual(['redis://localhost', 'mongodb://localhost/tropa']);
    expect([readConfig({}).redisUrl, readConfig({}).mongodbUrl]).toEqual([null, null]);
  });

  test('take a clock that tests move on any loopback address', () => {
    for (const HOST of ['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]'])
      expect(readConfig({ TROPA_TEST_CLOCK: '1', NODE_ENV: 'test', HOST }).testClock).toBe(true);
  });
});
