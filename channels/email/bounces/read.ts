// Reads mail that came back: what it says about each recipient. Standards first, then the habits of mail systems.

import type { Bounce, BounceClass } from './bounce.ts';
import { everyPart, header, type Part, readMail } from './mime.ts';
import { type BounceReason, type Diagnosis, isHard, reasonOf } from './reasons.ts';
import { serviceNotice } from './service-notice.ts';
import {
  addressIn,
  complainants,
  explanation,
  type RecipientReport,
  returnedHeaders,
  returnedTo,
  statusReports,
} from './status-report.ts';

export interface ReturnedMail {
  /** One a recipient; at least one. */
  readonly bounces: readonly Bounce[];
  /** The Message-ID of the mail that came back or was answered, without its brackets; null where it is not there. */
  readonly about: string | null;
}

/** Reads one mail from its bytes. Never throws; what is no returned mail is of class `none`. */
export function readReturnedMail(bytes: Uint8Array): ReturnedMail {
  const mail = readMail(bytes);
  return { bounces: bouncesOf(mail), about: aboutOf(mail) };
}

function bouncesOf(mail: Part): Bounce[] {
  const complained = complainants(mail) ?? informalComplaint(mail);
  if (complained !== null) return about(complained, 'complaint', 'complaint');
  const notified = serviceNotice(explanation(mail).whole);
  if (notified !== null) return notified;
  const reports = statusReports(mail);
  if (reports.length > 0) return fromReports(mail, reports);
  const failed = isFailureNotice(mail) ? fromWords(mail) : [];
  if (failed.length > 0) return failed;
  if (isAutoReply(mail))
    return [{ class: 'auto-reply', reason: 'answered by itself', recipient: addressIn(header(mail, 'from')) }];
  return [{ class: 'none', reason: 'no returned mail', recipient: '' }];
}

function about(recipients: readonly string[], what: BounceClass, reason: string): Bounce[] {
  return (recipients.length > 0 ? recipients : ['']).map((recipient) => ({ class: what, reason, recipient }));
}

const GOOD = new Set(['delivered', 'relayed', 'expanded']);

function fromReports(mail: Part, reports: readonly RecipientReport[]): Bounce[] {
  const { said } = explanation(mail);
  const known = new Map<string, Bounce>();
  for (const report of reports) {
    const recipient = report.recipient || returnedTo(mail)[0] || '';
    // What is said to people adds the server's words where the report has none, or none that tell anything.
    const spoken = reports.length === 1 ? said : near(said, recipient);
    known.set(recipient, judged(recipient, report, spoken));
  }
  return [...known.values()];
}

function judged(recipient: string, { action, status, diagnosis }: RecipientReport, spoken: string): Bounce {
  if (GOOD.has(action)) return { class: 'delivered', reason: action, recipient };
  const own = diagnosisOf(diagnosis, status, `${diagnosis} ${spoken}`);
  const reason = reasonOf(own);
  // A diagnosis that says no more than "refused" is asked again with everything that was said.
  const told =
    reason === 'refused' || own.words === '' ? reasonOf(diagnosisOf(`${diagnosis} ${spoken}`, status)) : reason;
  const hard = isHard(told) && action !== 'delayed';
  return { class: hard ? 'hard' : 'soft', reason: worded(told, own.status), recipient };
}

function diagnosisOf(text: string, told = '', around = text): Diagnosis {
  const words = text.replace(/\s+/g, ' ').toLowerCase().slice(0, 2_000);
  const status = /\b[245]\.\d{1,3}\.\d{1,3}\b(?!\.\d)/.exec(words)?.[0] ?? '';
  // Systems fill in x.0.0 where they know nothing; the server's own code knows more.
  const better = told === '' || /\.0\.0$/.test(told) ? status || told : told;
  const reply = Number(/(?:^|[\s:<[(#])([245]\d\d)(?=[\s:-])/.exec(words)?.[1] ?? 0);
  return { status: better, reply, words, command: commandIn(around) };
}

/** Which command a server answered, as mail systems report it. */
function commandIn(text: string): Diagnosis['command'] {
  const last = [...text.matchAll(COMMANDS)].at(-1)?.[0].toUpperCase() ?? '';
  if (/DATA|BDAT/.test(last)) return 'DATA';
  if (last.includes('RCPT')) return 'RCPT';
  return last.includes('MAIL') ? 'MAIL' : null;
}
const COMMANDS =
  /in reply to (?:end of )?(?:rcpt|mail|data)|after (?:end of )?(?:rcpt|mail from|data)|>>> ?(?:rcpt|mail|data|bdat)|(?:end of|final) data|smtp command\s+(?:rcpt|mail|data)|rcpt to|(?:rcpt|data|mail) (?:command|response)|:rcpt\b|:data\b|\bdata\b(?=[^a-z]{0,5}(?:command|$))/gim;

const worded = (reason: BounceReason, status: string): string => (status === '' ? reason : `${reason} (${status})`);

/** Subjects and senders of mail systems that report in words alone. */
const SUBJECT =
  /undeliver|delivery (?:status|fail|report|notification|error|problem|has failed|unsuccessful)|fail(?:ed|ure) (?:notice|delivery|mail|to deliver)|returned (?:mail|to sender|e-?mail)|mail (?:delivery|system|failure|error|could not)|non-?deliver|could not be delivered|couldn't be delivered|not be delivered|rejected(?: mail)?|bounce|unzustellbar|retour|não|devuelto|message status|warning: (?:message|could)|error sending|problem delivering|mail (?:was )?returned|unable to deliver|permanent (?:error|failure)|nicht zugestellt|undelivered/i;
const SENDER =
  /mailer-?daemon|post-?master|mail delivery|mdaemon|mail-?system|mmdf|bounce|no-?reply.*(?:mail|deliver)|administrator/i;
const PHRASES =
  /(?:wasn't|was not|not|un)(?: been)? able to deliver|could ?n[o']t be delivered|could not (?:be )?deliver|(?:un|not )deliver(?:able|ed)|delivery (?:to|has failed|failed|error)|(?:following|these) (?:recipient|address|addresses|destination)|permanent(?:ly)? (?:fatal )?(?:error|fail)|recipient[^.]{0,40}(?:rejected|failed)|returned to (?:you|sender)|failed (?:recipient|address)|undeliverable|rejected by|rejected recipient|each of the following|trouble delivering|delivery errors|was not sent|not been delivered|delevery|over quota|problem(?:s)? (?:delivering|sending)|user unknown/i;

function isFailureNotice(mail: Part): boolean {
  if (header(mail, 'x-failed-recipients') !== '') return true;
  const { said } = explanation(mail);
  const marks =
    Number(SUBJECT.test(header(mail, 'subject'))) +
    Number(
      SENDER.test(header(mail, 'from')) ||
        /^<?>?$/.test(header(mail, 'return-path').trim() || 'x') ||
        /mailer-daemon/i.test(header(mail, 'return-path')),
    ) +
    Number(mail.parameters['report-type'] === 'delivery-status') +
    Number([...everyPart(mail)].some(({ type }) => type === 'message/rfc822' || type === 'text/rfc822-headers'));
  // Programs that answer for people call themselves so, and have none of what mail systems write.
  const program =
    /auto-replied/i.test(header(mail, 'auto-submitted')) && !/mailer-?daemon|mail delivery/i.test(header(mail, 'from'));
  if (program && !/^\s*<[^<>\s]+@[^<>\s]+>:/m.test(said)) return false;
  return marks >= 2 || (marks === 1 && PHRASES.test(said));
}

/** Recipients with what is said about each, from the text. */
function fromWords(mail: Part): Bounce[] {
  const { said } = explanation(mail);
  const named = header(mail, 'x-failed-recipients')
    .split(',')
    .map(addressIn)
    .filter((address) => address !== '');
  const listed = named.length > 0 ? named : listedIn(said, mail);
  const recipients = [...new Set(listed.length > 0 ? listed : returnedTo(mail))].slice(0, 100);
  return recipients.map((recipient) => {
    const spoken = recipients.length === 1 ? said : near(said, recipient);
    const own = diagnosisOf(spoken, '', said);
    const delayed =
      /will (?:continue|keep|be) (?:to )?(?:try|retr)|has not yet been delivered|delivery (?:is )?delayed|this is a warning|still being retried/i.test(
        said,
      );
    const reason = reasonOf(own);
    return { class: isHard(reason) && !delayed ? 'hard' : 'soft', reason: worded(reason, own.status), recipient };
  });
}

/** `<anna@example.com>:`, `  anna@example.com`, `To: anna@example.com`, `* anna@example.com`, `recipient <…>` at the head of a line. */
const LISTED =
  /^[ \t>*.:-]*(?:[45]\d\d[ -])?(?:(?:recipient|to|address|rcpt to|failed recipient|addressee|user|email|intended recipient|rejected recipient|the following)s?[ \t]*:?[ \t]*)?<?([^\s<>;:"'()[\],]{1,64}@[^\s<>;:"'()[\],]{1,255}?)>?[.,]?(?=[\s:;,([\]>]|$)/gim;

function listedIn(said: string, mail: Part): string[] {
  const own = new Set(
    ['to', 'delivered-to', 'x-original-to', 'from'].map((name) => addressIn(header(mail, name)).toLowerCase()),
  );
  const isOwn = (address: string) => own.has(address.toLowerCase()) || /^(?:mailer-daemon|postmaster)@/i.test(address);
  const heads = [...said.matchAll(LISTED)].map(([, address = '']) => address.replace(/\.+$/, ''));
  const anywhere = [...said.matchAll(/[^\s<>;:"'()[\],]{1,64}@[^\s<>;:"'()[\],]{1,255}/g)].map(([address]) =>
    address.replace(/\.+$/, ''),
  );
  const first = heads.filter((address) => !isOwn(address));
  if (first.length > 0) return first;
  const found = anywhere.filter((address) => !isOwn(address));
  return found.slice(0, 1);
}

/** What stands from where an address is named to where the next one is. */
function near(said: string, recipient: string): string {
  const from = recipient === '' ? -1 : said.toLowerCase().indexOf(recipient.toLowerCase());
  if (from < 0) return said;
  const begin = said.lastIndexOf('\n', from) + 1;
  const rest = said.slice(from + recipient.length);
  const next = rest.search(/\n[^\n]{0,40}?<?[^\s<>]{1,64}@[^\s<>]{1,255}>?/);
  return said.slice(begin, from + recipient.length) + (next < 0 ? rest : rest.slice(0, next));
}

/** RFC 3834, and the headers and subjects of programs older than it. */
function isAutoReply(mail: Part): boolean {
  const auto = header(mail, 'auto-submitted').toLowerCase();
  if (auto !== '' && !auto.startsWith('no')) return true;
  if (['x-autoreply', 'x-autorespond', 'x-auto-reply', 'x-autoresponder'].some((name) => header(mail, name) !== ''))
    return true;
  if (/auto[_-]?reply|vacation/i.test(header(mail, 'precedence')) || header(mail, 'x-mail-autoreply') !== '')
    return true;
  return /^(?:re: ?)?(?:auto(?:matic|mated)?[ -]?(?:reply|response|antwort)|out of (?:the )?office|automatische antwort|abwesenheit|réponse automatique|respuesta automática|risposta automatica|автоответ|автоматический ответ|away from|on vacation|vacation)/i.test(
    header(mail, 'subject'),
  );
}

/** Feedback loops that came before the standard, such as Hotmail's. */
function informalComplaint(mail: Part): string[] | null {
  const looks =
    /^(?:complaint about message from|abuse (?:report|complaint)|spam (?:report|complaint))/i.test(
      header(mail, 'subject'),
    ) ||
    header(mail, 'x-hmxmroriginalrecipient') !== '' ||
    mail.parameters['report-type'] === 'feedback-report';
  if (!looks) return null;
  const told = addressIn(header(mail, 'x-hmxmroriginalrecipient'));
  return told === '' ? returnedTo(mail) : [told];
}

function aboutOf(mail: Part): string | null {
  const told = [
    ...returnedHeaders(mail).map((headers) => headers.get('message-id')?.[0] ?? ''),
    header(mail, 'in-reply-to'),
    header(mail, 'references').split(/\s+/).at(-1) ?? '',
  ];
  for (const text of told) {
    const id = /<?([^\s<>]{1,200}@[^\s<>]{1,255})>?/.exec(text)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}
