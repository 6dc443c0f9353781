// What a template file is: its name, its headers, its body. Reading only; rendering lives in `runtime/render`.

export type Channel = 'email' | 'sms' | 'push';

export interface Template {
  readonly journey: string;
  /** `reminder` of `reminder.ru.email.mjml`. */
  readonly name: string;
  /** `ru`, `pt-BR`; null for the one without a locale. */
  readonly locale: string | null;
  readonly channel: Channel;
  /** `mjml`, `html`, `txt`. An email's `txt` beside an `mjml`/`html` of the same name and locale is its text part. */
  readonly format: 'mjml' | 'html' | 'txt';
  /** Lower-cased header names in file order; a header may repeat (`action`), values keep their Liquid. */
  readonly headers: readonly { readonly name: string; readonly value: string; readonly line: number }[];
  /** Text below the `---` line, or the whole file without one. */
  readonly body: string;
  /** Line of the file on which `body` begins, from 1. */
  readonly bodyLine: number;
  readonly file: string;
}
