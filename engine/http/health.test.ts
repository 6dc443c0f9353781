import { afterEach, expect, test } from '@jest/globals';
import { type SmallHost, startSmallHost } from '../testing/http-host.ts';

let small: SmallHost;
afterEach(() => small.close());

test('tells whether it lives and whether it can take more', async () => {
  small = await startSmallHost();
  expect(await (await fetch(`${small.url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${small.url}/readyz`)).json()).toEqual({ status: 'ready' });
});

test("counts events by outcome and refusals by code, beside the engine's own figures", async () => {
  small = await startSmallHost();
  for (const _ of [1, 2]) await small.post('/v1/track', { userId: 'anna', event: 'x', messageId: 'm' });
  await small.post('/v1/track', { userId: 'guest', event: 'x' });
  await small.post('/v1/batch', { batch: [{ type: 'track', userId: 'guest', anonymousId: 'a-1', event: 'x' }] });
  const response = await fetch(`${small.url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE tropa_events_total counter',
      'tropa_events_total{outcome="duplicate",source="app"} 1',
      'tropa_events_total{outcome="stored",source="app"} 2',
      'tropa_refused_total{code="E_NO_IDENTITY",source="app"} 1',
      'tropa_identities_refused_total{source="app"} 2',
      '# TYPE tropa_people gauge',
      'tropa_people 2',
      'tropa_messages_total{channel="sms",outcome="sent"} 3',
    ]),
  );
});

test('shows metrics to this machine, or to whoever brings the token, and to nobody else', async () => {
  small = await startSmallHost({ metricsToken: 'a-token' });
  const ask = async (headers: Record<string, string>) => (await fetch(`${small.url}/metrics`, { headers })).status;
  expect(await ask({})).toBe(200);
  // A proxy on this machine hands on requests of others.
  expect(await ask({ 'x-forwarded-for': '203.0.113.7' })).toBe(401);
  expect(await ask({ 'x-forwarded-for': '203.0.113.7', authorization: 'Bearer wrong' })).toBe(401);
  expect(await ask({ 'x-forwarded-for': '203.0.113.7', authorization: 'Bearer a-token' })).toBe(200);
});

test('takes no token where none is set', async () => {
  small = await startSmallHost();
  const headers = { 'x-forwarded-for': '203.0.113.7', authorization: 'Bearer null' };
  expect((await fetch(`${small.url}/metrics`, { headers })).status).toBe(401);
});
