// The words of the pages that readers of messages come to, in the languages they speak.

import type { MessageRow } from '../core/person.ts';

export interface Words {
  readonly title: string;
  readonly ask: (channel: string, brand: string) => string;
  readonly category: (title: string) => string;
  readonly channel: (channel: string) => string;
  readonly channels: Readonly<Record<MessageRow['channel'], string>>;
  /** The same as heads of columns. */
  readonly heads: Readonly<Record<MessageRow['channel'], string>>;
  readonly note: string;
  readonly done: string;
  readonly doneCategory: (title: string, brand: string) => string;
  readonly doneChannel: (channel: string, brand: string) => string;
  readonly choose: string;
  readonly about: string;
  readonly always: string;
  readonly save: string;
  readonly saved: string;
  readonly nothing: string;
  readonly pause: string;
  readonly pauseNote: string;
  readonly paused: (until: string) => string;
  readonly resume: string;
  readonly resumed: string;
  readonly back: string;
  readonly confirmTitle: string;
  readonly confirmAsk: (titles: string, brand: string) => string;
  readonly confirm: string;
  readonly confirmNote: string;
  readonly confirmed: (titles: string, brand: string) => string;
  readonly gone: string;
  readonly goneNote: string;
}

const en: Words = {
  title: 'What may we send you?',
  ask: (channel, brand) => `Enough of this by ${channel} from ${brand}?`,
  category: (title) => `Stop “${title}”`,
  channel: (channel) => `Stop everything by ${channel}`,
  channels: { email: 'email', sms: 'text message', push: 'push notification' },
  heads: { email: 'Email', sms: 'Text', push: 'Push' },
  note: 'Nothing changes until you choose.',
  done: 'Done',
  doneCategory: (title, brand) => `You will get no more “${title}” from ${brand} on this channel.`,
  doneChannel: (channel, brand) => `${brand} will not write to you by ${channel} any more.`,
  choose: 'Choose what reaches you, and where',
  about: 'What it is about',
  always: 'always, when there is something about an order of yours',
  save: 'Save my choice',
  saved: 'Your choice is saved.',
  nothing: 'none',
  pause: 'Nothing for 30 days',
  pauseNote: 'A pause: your choices stay as they are.',
  paused: (until) => `You have paused everything until ${until}.`,
  resume: 'End the pause',
  resumed: 'The pause is over.',
  back: 'Back to your choices',
  confirmTitle: 'Please confirm',
  confirmAsk: (titles, brand) => `May ${brand} write to you: ${titles}?`,
  confirm: 'Yes, write to me',
  confirmNote: 'If it was not you who asked for it, close this page: nothing will be sent.',
  confirmed: (titles, brand) => `Thank you. ${brand} may write to you: ${titles}.`,
  gone: 'This link is incomplete, or has ended',
  goneNote: 'Please use the link from the latest message.',
};

const ru: Words = {
  title: 'О чём вам писать?',
  ask: (channel, brand) => `Не хотите больше этого от ${brand} (${channel})?`,
  category: (title) => `Не присылать «${title}»`,
  channel: (channel) => `Ничего не присылать: ${channel}`,
  channels: { email: 'письма', sms: 'СМС', push: 'уведомления' },
  heads: { email: 'Почта', sms: 'СМС', push: 'Пуш' },
  note: 'Пока вы не выберете, ничего не изменится.',
  done: 'Готово',
  doneCategory: (title, brand) => `Больше никаких сообщений «${title}» от ${brand} по этому каналу.`,
  doneChannel: (channel, brand) => `${brand} больше не побеспокоит вас. Отключено: ${channel}.`,
  choose: 'Выберите, что и куда присылать',
  about: 'О чём',
  always: 'всегда, если есть новости о вашем заказе',
  save: 'Сохранить',
  saved: 'Ваш выбор сохранён.',
  nothing: 'ничего',
  pause: 'Ничего не присылать 30 дней',
  pauseNote: 'Это пауза: ваш выбор не изменится.',
  paused: (until) => `Вы поставили всё на паузу до ${until.replace(/\.$/, '')}.`,
  resume: 'Снять с паузы',
  resumed: 'Пауза снята.',
  back: 'Вернуться к выбору',
  confirmTitle: 'Подтвердите, пожалуйста',
  confirmAsk: (titles, brand) => `Можно ли ${brand} писать вам: ${titles}?`,
  confirm: 'Да, пишите мне',
  confirmNote: 'Если просили не вы, просто закройте страницу: писем не будет.',
  confirmed: (titles, brand) => `Спасибо. ${brand} будет писать вам: ${titles}.`,
  gone: 'Ссылка неполная или уже не действует',
  goneNote: 'Откройте ссылку из последнего сообщения.',
};

/** Words of a locale (`ru-RU`), English for languages the pages do not speak. */
export function wordsOf(locale: string): { lang: string; words: Words } {
  return /^ru\b/i.test(locale) ? { lang: 'ru', words: ru } : { lang: 'en', words: en };
}
