// Shapes of single texts: each key has a type, and its text is read by that type alone, quoted or not.

import { isZone } from '../calendar.ts';
import { suggest } from '../suggest.ts';
import type { Channel } from '../template.ts';
import type { JsonSchema, Shape } from './shape.ts';
import { mismatch } from './shape.ts';

interface ScalarOptions {
  readonly schema: JsonSchema;
  /** A better word for this text, or null. */
  readonly hint?: (text: string) => string | null;
}

/** A text that `parse` understands; it answers undefined where it does not. */
export function scalar<T>(expects: string, parse: (text: string) => T | undefined, options: ScalarOptions): Shape<T> {
  return {
    expects,
    read(node, what, reader) {
      if (node.kind !== 'text') return mismatch(node, what, expects, reader);
      const value = parse(node.text.trim());
      return value === undefined ? mismatch(node, what, expects, reader, options.hint?.(node.text.trim())) : value;
    },
    schema: () => options.schema,
  };
}

/** An editor reads `2026` and `no` as numbers and truths; here they are texts. */
const ANY_TEXT: JsonSchema = { type: ['string', 'number', 'boolean'] };
export const matching = (pattern: RegExp, extra: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  pattern: pattern.source,
  ...extra,
});
const match = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);

/** Any text but an empty one. */
export const text: Shape<string> = {
  expects: 'a text',
  read(node, what, reader) {
    if (node.kind !== 'text' || node.text.trim() === '') return mismatch(node, what, 'a text', reader);
    if (node.cut !== null)
      reader.warn(
        'W_COMMENT',
        node.place,
        `YAML takes "${node.cut}" as a comment and cuts it off. If it belongs to the text, put quotes around the whole of it.`,
      );
    return node.text;
  },
  schema: () => ANY_TEXT,
};

const JOURNEY_ID = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
export const journeyId = scalar(
  'an id of small letters, digits and hyphens, such as abandoned-cart',
  match(JOURNEY_ID),
  {
    schema: matching(JOURNEY_ID),
    hint: (typed) =>
      didYouMean(
        typed
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/g, '-')
          .replaceAll(/^-|-$/g, ''),
        JOURNEY_ID,
      ),
  },
);

const STEP_ID = /^(?=[^A-Za-z_]*[A-Za-z_])[A-Za-z0-9_-]+$/;
export const stepId = scalar(
  'an id of letters, digits, "-" and "_" with at least one letter, such as reminder',
  match(STEP_ID),
  {
    schema: matching(STEP_ID),
    hint: (typed) =>
      /^[\d.]+$/.test(typed)
        ? 'Numbers are the places of steps without an id.'
        : didYouMean(typed.replaceAll(/[^A-Za-z0-9_-]+/g, '-'), STEP_ID),
  },
);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A name that conditions can use behind a dot. */
export const name = scalar('a name of letters, digits and "_", such as order_total', match(NAME), {
  schema: matching(NAME),
  hint: (typed) => didYouMean(typed.replaceAll(/[^A-Za-z0-9_]+/g, '_'), NAME),
});

const WORD = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
/** A name that stands in quotes or lists only: a segment, a category, a tag, an outcome. */
export const word = scalar('a name of letters, digits, "-" and "_"', match(WORD), {
  schema: matching(WORD),
  hint: (typed) => didYouMean(typed.replaceAll(/[^A-Za-z0-9_-]+/g, '-'), WORD),
});

const TAG = /^[^,\p{Cc}]{1,100}$/u;
export const tag = scalar('a tag: up to 100 characters without commas', match(TAG), { schema: ANY_TEXT });

const EVENT = /^[\p{L}\p{N}$_](?:[^\p{Cc}"]{0,198}\S)?$/u;
export const eventName = scalar('the name of an event, such as order.placed', match(EVENT), { schema: ANY_TEXT });

const TEMPLATE = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
export const templateName = scalar(
  'the name of a template, such as reminder for reminder.email.mjml',
  match(TEMPLATE),
  {
    schema: matching(TEMPLATE),
    hint: (typed) =>
      didYouMean(/^([A-Za-z0-9_-]+)\.(?:.*\.)?(?:email|sms|push)(?:\.|$)/.exec(typed)?.[1] ?? '', TEMPLATE),
  },
);

export const percent: Shape<number> = scalar(
  'a share such as 10%',
  (typed) => {
    const value = /^(\d+(?:\.\d+)?)\s*%$/.exec(typed)?.[1];
    return value !== undefined && Number(value) <= 100 ? Number(value) : undefined;
  },
  {
    schema: matching(/^\d+(?:\.\d+)?\s*%$/),
    hint: (typed) => (/^\d+(\.\d+)?$/.test(typed) && Number(typed) <= 100 ? `Did you mean "${typed}%"?` : null),
  },
);

/** A whole number between two bounds. */
export function whole(from: number, to: number): Shape<number> {
  return scalar(
    `a whole number from ${from} to ${to}`,
    (typed) => (/^-?\d{1,15}$/.test(typed) && Number(typed) >= from && Number(typed) <= to ? Number(typed) : undefined),
    { schema: { type: ['integer', 'string'], minimum: from, maximum: to, pattern: '^-?\\d+$' } },
  );
}

export const truth: Shape<boolean> = scalar(
  'true or false',
  (typed) => (typed === 'true' ? true : typed === 'false' ? false : undefined),
  {
    schema: { type: ['boolean', 'string'], enum: [true, false, 'true', 'false'] },
    hint: (typed) =>
      /^(yes|on|1)$/i.test(typed)
        ? 'Did you mean "true"?'
        : /^(no|off|0)$/i.test(typed)
          ? 'Did you mean "false"?'
          : null,
  },
);

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  const expects = words.length === 1 ? `"${words[0]}"` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return scalar(expects, (typed) => words.find((one) => one === typed), {
    schema: { enum: [...words] },
    hint: (typed) => {
      const near = suggest(typed.toLowerCase(), words);
      return near === null ? null : `Did you mean "${near}"?`;
    },
  });
}

/** One of a few words, or what another shape takes where the text begins with a digit. */
export function wordOr<const T extends string, U>(words: readonly T[], other: Shape<U>): Shape<T | U> {
  const expects = `${words.join(', ')}, or ${other.expects}`;
  return {
    expects,
    read(node, what, reader) {
      if (node.kind === 'text' && /^\d/.test(node.text)) return other.read(node, what, reader);
      const told = node.kind === 'text' ? node.text.trim() : '';
      const near = suggest(told.toLowerCase(), words);
      return (
        words.find((one) => one === told) ??
        mismatch(node, what, expects, reader, near === null ? null : `Did you mean "${near}"?`)
      );
    },
    schema: (library) => ({ anyOf: [{ enum: [...words] }, other.schema(library)] }),
  };
}

export const channel: Shape<Channel> = oneOf('email', 'sms', 'push');

export const zone = scalar('a time zone such as Europe/Riga', (typed) => (isZone(typed) ? typed : undefined), {
  schema: { type: 'string' },
});

const LOCALE = /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?$/;
export const locale = scalar('a language such as en or pt-BR', match(LOCALE), {
  schema: matching(LOCALE),
  hint: (typed) => didYouMean(localeOf(typed), LOCALE),
});

const CURRENCY = /^[A-Z]{3}$/;
export const currency = scalar('a currency code such as EUR', match(CURRENCY), {
  schema: matching(CURRENCY),
  hint: (typed) => didYouMean(typed.toUpperCase(), CURRENCY),
});

const URL_TEXT = /^https?:\/\/[^\s/]+\S*$/;
export const url = scalar('an address such as https://example.com', match(URL_TEXT), {
  schema: matching(URL_TEXT),
  hint: (typed) => (/^[\w-]+(\.[\w-]+)+/.test(typed) ? `Did you mean "https://${typed}"?` : null),
});

const COLOUR = /^#(?:[\da-fA-F]{3}|[\da-fA-F]{6})$/;
export const colour = scalar('a colour such as "#3B5BDB" (in quotes)', match(COLOUR), {
  schema: matching(COLOUR),
  hint: (typed) => didYouMean(`#${typed}`, COLOUR),
});

function didYouMean(better: string, pattern: RegExp): string | null {
  return pattern.test(better) ? `Did you mean "${better}"?` : null;
}

function localeOf(typed: string): string {
  const [language = '', region] = typed.split(/[-_]/);
  return region === undefined ? language.toLowerCase() : `${language.toLowerCase()}-${region.toUpperCase()}`;
}
