// What the pages of signing in say.

export interface SignInWords {
  readonly title: string;
  readonly email: string;
  readonly password: string;
  readonly code: string;
  readonly go: string;
  readonly provider: string;
  readonly forgot: string;
  readonly first: string;
  readonly firstNote: string;
  readonly reset: string;
  readonly fresh: string;
  readonly freshNote: string;
  readonly set: string;
  readonly gone: string;
  readonly goneNote: string;
  /** By code of the error. */
  readonly errors: Readonly<Record<string, string>>;
}

const en: SignInWords = {
  title: 'Sign in',
  email: 'Email',
  password: 'Password',
  code: 'Code, if you set up a second factor',
  go: 'Sign in',
  provider: 'Sign in with your company account',
  forgot: 'Forgotten? An admin makes a new link, or on the server: tropa user reset EMAIL',
  first: 'Set up Tropa',
  firstNote: 'You are the first here, and will be the admin.',
  reset: 'Choose a password',
  fresh: 'New password',
  freshNote: '10 characters or more; a sentence is easier to remember than a riddle.',
  set: 'Save and sign in',
  gone: 'This link works no more',
  goneNote:
    'It was used already, or its day is over. An admin makes a new one, or on the server: tropa user reset EMAIL',
  errors: {
    E_LOGIN: 'The address, the password or the code is wrong.',
    E_CODE_NEEDED: 'Give the code of your authenticator app too, or a recovery code.',
    E_TOO_MANY: 'Too many tries that failed. Wait a quarter of an hour, then try again.',
    E_PASSWORD: 'A password has 10 to 200 characters.',
    E_BAD_REQUEST: 'This is no email address.',
  },
};

const ru: SignInWords = {
  title: 'Вход',
  email: 'Эл. почта',
  password: 'Пароль',
  code: 'Код, если включён второй фактор',
  go: 'Войти',
  provider: 'Войти через учётную запись компании',
  forgot: 'Забыли? Новую ссылку создаст администратор или команда на сервере: tropa user reset EMAIL',
  first: 'Первый вход',
  firstNote: 'Вы здесь первый и станете администратором.',
  reset: 'Задайте пароль',
  fresh: 'Новый пароль',
  freshNote: 'Не короче 10 знаков; фразу запомнить проще, чем ребус.',
  set: 'Сохранить и войти',
  gone: 'Ссылка больше не действует',
  goneNote:
    'Ею уже воспользовались, или прошли сутки. Новую создаст администратор или команда на сервере: tropa user reset EMAIL',
  errors: {
    E_LOGIN: 'Адрес, пароль или код неверны.',
    E_CODE_NEEDED: 'Введите ещё код из приложения или запасной код.',
    E_TOO_MANY: 'Слишком много неудачных попыток. Подождите четверть часа и попробуйте снова.',
    E_PASSWORD: 'В пароле от 10 до 200 знаков.',
    E_BAD_REQUEST: 'Это не адрес почты.',
  },
};

/** As the browser asks; English for languages the pages do not speak. */
export function signInWords(acceptLanguage: string | undefined): {
  readonly lang: string;
  readonly words: SignInWords;
} {
  return /^\s*ru\b/i.test(acceptLanguage ?? '') ? { lang: 'ru', words: ru } : { lang: 'en', words: en };
}
