// Templates beside the steps that use them: missing, unused, without a default, reading what nobody sets.

import type { Channel, Template } from '../template.ts';
import { templateVariables } from '../template.ts';
import type { Message } from '../walk.ts';
import { messagesOf } from '../walk.ts';
import { doubt, knownFields } from './fields.ts';
import type { CheckedJourney, Findings, Reading, TemplateFile } from './findings.ts';
import { remedy } from './names.ts';

/** The mails by which categories ask for a confirmation: each lies in some journey's folder, and says where to confirm. */
export function checkConfirming(reading: Reading, findings: Findings): void {
  const mails = reading.templates.filter(({ channel }) => channel === 'email');
  for (const { id, doubleOptIn } of Object.values(reading.settings.categories)) {
    if (doubleOptIn === null) continue;
    const own = mails.filter(({ name }) => name === doubleOptIn);
    if (own.length === 0)
      findings.error(
        'E_UNKNOWN_TEMPLATE',
        findings.find('tropa.yaml', new RegExp(`(?<=double_opt_in:\\s*["']?)${doubleOptIn}`)),
        `no journey's folder has the mail "${doubleOptIn}" that asks for a confirmation of "${id}". ${remedy(doubleOptIn, [...new Set(mails.map(({ name }) => name))], 'Add it to one of them.', 'Mails are')}`,
      );
    for (const mail of own.filter((one) => !templateVariables(one).includes('message.url.confirm')))
      findings.error(
        'E_VALUE',
        { file: mail.file, line: 1, column: 1 },
        `this mail asks for a confirmation of "${id}", and has no link to it. Add a link to {{ message.url.confirm }}.`,
      );
  }
}

/** Checks the templates of one journey's folder. */
export function checkTemplates(checked: CheckedJourney, reading: Reading, findings: Findings): void {
  const { journey, whole } = checked;
  const files = reading.templateFiles.filter((file) => file.journey === journey.id);
  const messages = messagesOf(journey);
  const missing = messages.filter((message) => !files.some((file) => fits(file, message)));
  for (const message of missing) findings.error('E_UNKNOWN_TEMPLATE', message.place, unknownTemplate(message, files));
  checkDefaults(files, messages, findings);
  // A step that misses its template may well mean the one that seems unused.
  if (whole && missing.length === 0) checkUnused(journey.id, files, messages, reading, findings);
  for (const template of reading.templates.filter((one) => one.journey === journey.id)) {
    checkCategory(template, reading, findings);
    if (whole) checkVariables(template, checked, messages, reading, findings);
  }
}

function fits(template: Pick<Template, 'name' | 'channel'>, { send }: Message): boolean {
  return template.name === send.template && template.channel === send.channel;
}

const ENDINGS: Readonly<Record<Channel, string>> = { email: 'email.mjml', sms: 'sms.txt', push: 'push.txt' };

function unknownTemplate({ send }: Message, own: readonly TemplateFile[]): string {
  const other = own.find(({ name }) => name === send.template);
  const file = `${send.template}.${ENDINGS[send.channel]}`;
  if (other !== undefined)
    return `the template "${send.template}" exists for ${other.channel}, not for ${send.channel}. Add ${file}, or send it by ${other.channel}.`;
  const names = [...new Set(own.filter(({ channel }) => channel === send.channel).map(({ name }) => name))];
  return `no template "${send.template}" for ${send.channel}. ${remedy(send.template, names, `Add ${file} to the folder of this journey.`, `Add ${file}, or use one of`)}`;
}

function checkUnused(
  journey: string,
  own: readonly TemplateFile[],
  messages: readonly Message[],
  reading: Reading,
  findings: Findings,
): void {
  const confirming = Object.values(reading.settings.categories).map(({ doubleOptIn }) => doubleOptIn);
  for (const template of own) {
    if (messages.some((message) => fits(template, message)) || confirming.includes(template.name)) continue;
    // One warning for all languages.
    if (template.locale !== null && own.some((other) => sameMessage(other, template) && other.locale === null))
      continue;
    findings.warn(
      'W_UNUSED_TEMPLATE',
      { file: template.file, line: 1, column: 1 },
      `no step of "${journey}" sends this. Remove the file, or use it.`,
    );
  }
}

function sameMessage(a: TemplateFile, b: TemplateFile): boolean {
  return a.name === b.name && a.channel === b.channel;
}

function checkDefaults(own: readonly TemplateFile[], messages: readonly Message[], findings: Findings): void {
  const seen = new Set<string>();
  for (const message of messages) {
    const versions = own.filter((template) => fits(template, message));
    const key = `${message.send.template}.${message.send.channel}`;
    const [first] = versions;
    if (first === undefined || seen.has(key) || versions.some(({ locale }) => locale === null)) continue;
    seen.add(key);
    const languages = [...new Set(versions.map(({ locale }) => locale))].join(', ');
    findings.warn(
      'W_NO_DEFAULT_TEMPLATE',
      message.place,
      `the template "${message.send.template}" exists in ${languages} only; people of other languages get nothing. Add ${message.send.template}.${ENDINGS[message.send.channel]}.`,
    );
  }
}

function checkCategory(template: Template, reading: Reading, findings: Findings): void {
  const header = template.headers.find(({ name }) => name === 'category');
  const categories = Object.keys(reading.settings.categories);
  if (header === undefined || categories.includes(header.value.trim())) return;
  findings.error(
    'E_UNKNOWN_CATEGORY',
    { file: template.file, line: header.line, column: 1 },
    `no category "${header.value}" in tropa.yaml. ${remedy(header.value, categories, '', 'Categories are')}`,
  );
}

const BRAND = ['name', 'url', 'color', 'address'];
const LINKS = ['unsubscribe', 'preferences', 'browser'];
const ROOTS = ['profile', 'trigger', 'vars', 'brand', 'now', 'message'];

function checkVariables(
  template: Template,
  { journey }: CheckedJourney,
  messages: readonly Message[],
  reading: Reading,
  findings: Findings,
): void {
  const known = knownFields(journey, reading);
  const given = messages.filter((message) => fits(template, message)).flatMap(({ send }) => Object.keys(send.with));
  const all = { ...known, variables: [...known.variables, ...given] };
  for (const path of templateVariables(template)) {
    const doubted = strange(path) ?? doubt(path, all);
    if (doubted !== null) findings.warn(doubted.code, findings.find(template.file, pathPattern(path)), doubted.message);
  }
}

/** Names that templates do not see at all. */
function strange(path: string): { code: string; message: string } | null {
  const [root = '', field, link] = path.split('.');
  const unknown = (message: string) => ({ code: 'W_UNKNOWN_FIELD', message });
  if (!ROOTS.includes(root)) return unknown(`templates know no "${root}". ${remedy(root, ROOTS, '', 'They see')}`);
  if (root === 'brand' && field !== undefined && !BRAND.includes(field))
    return unknown(`the brand has no "${field}". ${remedy(field, BRAND, '', 'It has')}`);
  if (root !== 'message' || field === undefined) return null;
  if (field !== 'url')
    return unknown(`message has no "${field}". It has message.url.unsubscribe, .preferences and .browser.`);
  return link === undefined || LINKS.includes(link)
    ? null
    : unknown(`message.url has no "${link}". ${remedy(link, LINKS, '', 'It has')}`);
}

function pathPattern(path: string): RegExp {
  return new RegExp(`(?<![\\w.])${path.replaceAll(/[.*+?^$()|[\]{}\\]/g, '\\$&')}(?![\\w])`);
}

/** A mail without a subject is no fault where every step that sends it gives one. */
export function hasSubject(file: string, checked: readonly CheckedJourney[], reading: Reading): boolean {
  const template = reading.templates.find((one) => one.file === file);
  const messages = checked
    .filter(({ journey }) => journey.id === template?.journey)
    .flatMap(({ journey }) => messagesOf(journey))
    .filter((message) => template !== undefined && fits(template, message));
  return messages.length > 0 && messages.every(({ send }) => send.subject !== null);
}
