// Render requests for tests: a template's text in, a request with ordinary data out.

import type { Template } from '../language/template.ts';
import { readTemplate } from '../language/template.ts';
import type { RenderRequest } from '../runtime/render/renderer.ts';

export const URLS = {
  unsubscribe: 'https://t.example/u/1',
  preferences: 'https://t.example/p/1',
  browser: 'https://t.example/b/1',
};

/** Throws for a template with faults. */
export function templateOf(path: string, text: string): Template {
  const read = readTemplate(path, text);
  if (read.template === undefined) throw new Error(JSON.stringify(read.faults));
  return read.template;
}

export const html = (body: string, headers = 'subject: x') => templateOf('j/m.email.html', `${headers}\n---\n${body}`);
export const mjml = (body: string, headers = 'subject: x') => templateOf('j/m.email.mjml', `${headers}\n---\n${body}`);
export const sms = (body: string) => templateOf('j/m.sms.txt', body);
export const push = (text: string) => templateOf('j/m.push.txt', text);

/** 2 March 2026, 9:00 UTC, for somebody in Riga who reads English and pays in euro. */
export function requestOf(
  template: Template,
  data: Record<string, unknown> = {},
  rest: Partial<RenderRequest> = {},
): RenderRequest {
  return {
    template,
    context: {
      profile: {},
      trigger: {},
      vars: {},
      brand: { name: 'Lumen', url: 'https://lumen.example' },
      now: Date.UTC(2026, 2, 2, 9),
      message: { url: URLS },
      ...data,
    } as RenderRequest['context'],
    zone: 'Europe/Riga',
    locale: 'en',
    currency: 'EUR',
    ...rest,
  };
}
