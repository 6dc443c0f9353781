// Whether a body that a door refused is about somebody: it was never understood, so it is searched as text.

/**
 * A test for bodies that name one of these identities, in any case and however JSON or a form spells them. Ids count only
 * between other characters than letters and digits; of a phone all digits count, whatever stands between them.
 */
export function mentionsOf(known: readonly string[]): (body: string) => boolean {
  const texts: string[] = [];
  const phones: string[] = [];
  const ids: string[] = [];
  for (const key of known) {
    const colon = key.indexOf(':');
    const value = key.slice(colon + 1).toLowerCase();
    if (value === '') continue;
    if (key.startsWith('phone:')) phones.push(value.replace(/\D/g, ''));
    else (key.startsWith('email:') || key.startsWith('push:') ? texts : ids).push(value);
  }
  return (body) => {
    const all = spellings(body);
    return (
      texts.some((text) => all.some((one) => one.includes(text))) ||
      ids.some((id) => all.some((one) => hasWord(one, id))) ||
      (phones.length > 0 && all.some((one) => hasDigits(one, phones)))
    );
  };
}

function spellings(body: string): string[] {
  const plain = body.toLowerCase();
  const all = [plain];
  if (/\\[u/]/.test(plain)) all.push(unescaped(plain));
  if (/%[0-9a-f]{2}/.test(plain)) all.push(decoded(plain));
  return all;
}

const unescaped = (text: string): string =>
  text
    .replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\\/', '/')
    .toLowerCase();

const decoded = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/g, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8'))
    .toLowerCase();

function hasWord(text: string, word: string): boolean {
  const letter = /[\p{L}\p{N}_]/u;
  for (let place = text.indexOf(word); place >= 0; place = text.indexOf(word, place + 1)) {
    const [before, after] = [text[place - 1] ?? ' ', text[place + word.length] ?? ' '];
    if (!letter.test(before) && !letter.test(after)) return true;
  }
  return false;
}

/** Digits with what people write between them: `+371 20-00 (00)`. */
function hasDigits(text: string, phones: readonly string[]): boolean {
  const runs = text.match(/\+?\d[\d\s().\u00a0-]{5,}\d/g) ?? [];
  return runs.some((run) => {
    const digits = run.replace(/\D/g, '');
    return phones.some((phone) => digits.includes(phone));
  });
}
