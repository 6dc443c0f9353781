// What a column can be, and which headings are known for it, in English and Russian.

export const IDENTITIES = ['id', 'email', 'phone', 'anonymous_id'] as const;
export const CONSENTS = ['consent.email', 'consent.sms', 'consent.push'] as const;
export const CONSENT_AT = 'consent.at';
/** Leaves a column out. */
export const NOTHING = '-';

export type Kind = 'text' | 'number' | 'boolean' | 'list';

/** What becomes of a column. */
export type Target =
  | { readonly as: 'identity'; readonly name: (typeof IDENTITIES)[number] }
  | { readonly as: 'consent'; readonly channel: string }
  | { readonly as: 'consent_at' }
  | { readonly as: 'trait'; readonly name: string; readonly kind: Kind }
  | { readonly as: 'nothing'; readonly why: string };

/** Headings as `plain` writes them, by what they mean. */
const HEADINGS: Readonly<Record<string, string>> = {
  id: 'id|user id|userid|customer id|customerid|client id|contact id|external id|uid|ид|ид клиента|id клиента|код клиента|номер клиента|идентификатор|ид пользователя|id пользователя',
  email:
    'email|e mail|mail|email address|e mail address|customer email|billing email|почта|эл почта|электронная почта|электронный адрес|адрес почты|имейл|емейл|email адрес',
  phone:
    'phone|phone number|telephone|tel|mobile|mobile phone|mobile number|cell|cell phone|customer phone|billing phone|телефон|тел|номер телефона|мобильный|мобильный телефон|сотовый|сотовый телефон',
  anonymous_id: 'anonymous id|anonymousid',
  'consent.email':
    'email consent|consent email|email opt in|email optin|email subscribed|email marketing|accepts marketing|accepts email marketing|email marketing consent|newsletter|marketing consent|согласие email|согласие на email|согласие на рассылку|согласие на почту|согласие почта|подписка|подписан|подписка на рассылку|рассылка|email рассылка',
  'consent.sms':
    'sms consent|consent sms|sms opt in|sms optin|sms subscribed|sms marketing|accepts sms marketing|sms marketing consent|согласие sms|согласие смс|согласие на sms|согласие на смс|смс рассылка|sms рассылка',
  'consent.push':
    'push consent|consent push|push opt in|push optin|accepts push|согласие push|согласие на push|согласие на пуш',
  'consent.at':
    'consent at|consent date|consent time|opt in time|optin time|opt in date|subscribed at|дата согласия|дата подписки',
  first_name: 'first name|firstname|given name|forename|billing first name|имя|имя клиента',
  last_name: 'last name|lastname|surname|family name|billing last name|фамилия',
  middle_name: 'middle name|отчество',
  name: 'name|full name|fullname|customer name|фио|имя и фамилия|фамилия имя',
  locale: 'locale|language|lang|язык|локаль',
  timezone: 'timezone|time zone|tz|часовой пояс|таймзона',
  city: 'city|default address city|billing city|город',
  country: 'country|country code|default address country code|billing country|billing country code|страна',
  birthday: 'birthday|birth date|birthdate|date of birth|dob|день рождения|дата рождения',
  gender: 'gender|sex|пол',
  tags: 'tags|теги|метки',
};

const MEANING: ReadonlyMap<string, string> = new Map(
  Object.entries(HEADINGS).flatMap(([name, headings]) =>
    headings.split('|').map((heading) => [heading, name] as const),
  ),
);

/** What a heading usually means, or null. */
export function meaningOf(heading: string): string | null {
  return MEANING.get(plain(heading)) ?? null;
}

/** `E-mail`, `consent.email` and `accepts_marketing` in one spelling: lower case, single blanks between words. */
function plain(heading: string): string {
  return heading
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** `Shoe size` → `shoe_size`, as traits are called. Empty where nothing of it can stand in a name. */
export function traitName(heading: string): string {
  return plain(heading)
    .replaceAll(' ', '_')
    .replace(/^(?=\p{N})/u, '_');
}
