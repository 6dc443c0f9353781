// As much of MIME as returned mails need: headers, parts, and texts in their charset. Bounded in every direction, because
// these mails come from anybody.

/** One part of a mail, or the mail itself. */
export interface Part {
  /** Unfolded values by lower-case name, each name as often as it stands there. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** `text/plain`, lower-case. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Parts of a multipart; empty otherwise. */
  readonly parts: readonly Part[];
  /** The decoded text; of a multipart what stands before its first part. */
  readonly text: string;
}

const MOST_BYTES = 512 * 1024;
const MOST_PARTS = 50;
const DEEPEST = 6;

/** Reads a mail from its bytes; what is beyond half a megabyte is not looked at. Never throws. */
export function readMail(bytes: Uint8Array): Part {
  const raw = Buffer.from(bytes.subarray(0, MOST_BYTES)).toString('latin1').replace(/\r\n?/g, '\n');
  // An mbox line before the first header belongs to nobody's mail.
  return readPart(raw.replace(/^(?:From .*\n)?\n*/, ''), 0, { left: MOST_PARTS });
}

/** The first value of a header, or ''. */
export function header({ headers }: Part, name: string): string {
  return headers.get(name)?.[0] ?? '';
}

/** A part and everything inside it, in order. */
export function* everyPart(part: Part): Generator<Part> {
  yield part;
  for (const inner of part.parts) yield* everyPart(inner);
}

function readPart(raw: string, depth: number, room: { left: number }): Part {
  room.left -= 1;
  const { headers, body } = split(raw);
  const [type, parameters] = contentType(headers.get('content-type')?.[0] ?? 'text/plain');
  const boundary = parameters.boundary ?? '';
  if (type.startsWith('multipart/') && boundary !== '' && depth < DEEPEST) {
    const [before, pieces] = cut(body, boundary);
    const parts = pieces.slice(0, Math.max(0, room.left)).map((piece) => readPart(piece, depth + 1, room));
    return { headers, type, parameters, parts, text: before };
  }
  return { headers, type, parameters, parts: [], text: decoded(headers, parameters, body) };
}

function split(raw: string): { headers: Map<string, string[]>; body: string } {
  const end = raw.startsWith('\n') ? 0 : raw.indexOf('\n\n');
  const head = end < 0 ? raw : raw.slice(0, end);
  const body = end < 0 ? '' : raw.slice(end + (end === 0 ? 1 : 2));
  return { headers: readHeaders(head), body };
}

/** Headers of a block of text; lines that are none are passed over. */
export function readHeaders(head: string): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), words(line.slice(colon + 1).trim())]);
  }
  return headers;
}

function contentType(value: string): [string, Record<string, string>] {
  const [type = '', ...rest] = value.split(';');
  const parameters: Record<string, string> = {};
  for (const one of rest) {
    const [, name, told] = /^\s*([\w-]+)\*?=\s*"?([^"]*)"?\s*$/.exec(one) ?? [];
    if (name !== undefined && told !== undefined) parameters[name.toLowerCase()] = told.trim();
  }
  return [/^[\w.+-]+\/[\w.+-]+/.exec(type.trim())?.[0].toLowerCase() ?? 'text/plain', parameters];
}

/** What stands before the first part, and the parts. A boundary that is never closed ends with the mail. */
function cut(body: string, boundary: string): [string, string[]] {
  const blocks: string[][] = [[]];
  for (const line of body.split('\n')) {
    const mark = line.trimEnd();
    if (mark === `--${boundary}--`) break;
    if (mark === `--${boundary}`) blocks.push([]);
    else blocks.at(-1)?.push(line);
  }
  const [before = '', ...pieces] = blocks.map((lines) => lines.join('\n'));
  return [before, pieces.filter((piece) => piece.trim() !== '')];
}

function decoded(headers: Map<string, string[]>, { charset = '' }: Record<string, string>, body: string): string {
  const encoding = (headers.get('content-transfer-encoding')?.[0] ?? '').toLowerCase().trim();
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64')
      : encoding === 'quoted-printable'
        ? quotedPrintable(body)
        : Buffer.from(body, 'latin1');
  return inCharset(bytes, charset);
}

function quotedPrintable(text: string): Buffer {
  const joined = text.replace(/[ \t]+$/gm, '').replace(/=\n/g, '');
  return Buffer.from(
    joined.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function inCharset(bytes: Uint8Array, charset: string): string {
  for (const name of [charset.trim(), 'utf-8']) {
    try {
      if (name !== '') return new TextDecoder(name, { fatal: true }).decode(bytes);
    } catch {
      // Not what it says it is; then the next guess.
    }
  }
  return Buffer.from(bytes).toString('latin1');
}

/** RFC 2047's encoded words. */
function words(value: string): string {
  return value
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(
      /=\?([\w-]{1,40})(?:\*\w+)?\?([bq])\?([^?\s]{0,500})\?=/gi,
      (_, charset: string, kind: string, text: string) =>
        inCharset(
          kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedPrintable(text.replace(/_/g, ' ')),
          charset,
        ),
    );
}
