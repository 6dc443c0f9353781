// The words of the unsubscribe page, in the languages it speaks.

import type { MessageRow } from '../core/person.ts';

export interface Words {
  readonly title: string;
  readonly ask: (channel: string, brand: string) => string;
  readonly category: (title: string) => string;
  readonly channel: (channel: string) => string;
  readonly channels: Readonly<Record<MessageRow['channel'], string>>;
  readonly note: string;
  readonly done: string;
  readonly doneCategory: (title: string, brand: string) => string;
  readonly doneChannel: (channel: string, brand: string) => string;
  readonly gone: string;
  readonly goneNote: string;
}

const en: Words = {
  title: 'Unsubscribe',
  ask: (channel, brand) => `What should no longer reach you by ${channel} from ${brand}?`,
  category: (title) => `Stop “${title}”`,
  channel: (channel) => `Stop everything by ${channel}`,
  channels: { email: 'email', sms: 'text message', push: 'push notification' },
  note: 'Nothing changes until you choose.',
  done: 'Done',
  doneCategory: (title, brand) => `You will get no more “${title}” from ${brand} on this channel.`,
  doneChannel: (channel, brand) => `${brand} will not write to you by ${channel} any more.`,
  gone: 'This link is incomplete, or has ended',
  goneNote: 'Please use the link from the latest message.',
};

const ru: Words = {
  title: 'Отписка',
  ask: (channel, brand) => `Что больше не присылать вам от ${brand} (${channel})?`,
  category: (title) => `Не присылать «${title}»`,
  channel: (channel) => `Ничего не присылать: ${channel}`,
  channels: { email: 'письма', sms: 'СМС', push: 'уведомления' },
  note: 'Пока вы не выберете, ничего не изменится.',
  done: 'Готово',
  doneCategory: (title, brand) => `Больше никаких сообщений «${title}» от ${brand} по этому каналу.`,
  doneChannel: (channel, brand) => `${brand} больше не побеспокоит вас. Отключено: ${channel}.`,
  gone: 'Ссылка неполная или уже не действует',
  goneNote: 'Откройте ссылку из последнего сообщения.',
};

/** Words of a locale (`ru-RU`), English for languages the page does not speak. */
export function wordsOf(locale: string): { lang: string; words: Words } {
  return /^ru\b/i.test(locale) ? { lang: 'ru', words: ru } : { lang: 'en', words: en };
}
