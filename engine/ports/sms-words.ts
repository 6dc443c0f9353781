// Words by which people end, begin and ask about text messages: the carriers' (CTIA Messaging Principles, section 5.1.3),
// Twilio's defaults (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out), and their Russian counterparts.

const WORDS = {
  stop: 'stop stopall unsubscribe cancel end quit revoke optout стоп отписка отписаться отмена хватит',
  start: 'start yes unstop старт подписка подписаться',
  help: 'help info помощь инфо',
} as const;

export type SmsWord = keyof typeof WORDS;

const MEANING: ReadonlyMap<string, SmsWord> = new Map(
  (Object.entries(WORDS) as [SmsWord, string][]).flatMap(([meaning, words]) =>
    words.split(' ').map((word): [string, SmsWord] => [word, meaning]),
  ),
);

/** What a whole message of one such word means, in any case and with any punctuation around it; null for any other. */
export function smsWord(text: string): SmsWord | null {
  if (text.length > 100) return null;
  const word = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '');
  return MEANING.get(word) ?? null;
}

/** `YES` begins again what STOP ended; to whoever has not stopped it is the answer to what they were asked. */
export function isYes(text: string): boolean {
  return smsWord(text) === 'start' && /yes/i.test(text.normalize('NFKC'));
}
