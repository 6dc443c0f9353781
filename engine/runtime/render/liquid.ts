// Liquid under limits: no files, no prototypes, an end in time and memory. What is undefined or fails renders empty
// and is told; only a limit ends the rendering.

import type { Context, Template as Parsed } from 'liquidjs';
import { EchoTag, filters, Liquid, Output, toValue, toValueSync, Value } from 'liquidjs';
import { ABSENT_FILTERS, ABSENT_TAGS } from '../../language/template-liquid.ts';
import { decodeEntities } from './entities.ts';
import { addFilters } from './filters.ts';
import { putAside } from './liquid-pieces.ts';
import type { Limits, Manner } from './message-context.ts';
import { MessageContext } from './message-context.ts';

/** Characters and list items that the parts of one message may make altogether. */
const MEMORY = 5_000_000;

/**
 * How values are written: `html` escapes them; `text` takes them as they are; `stripped` is for a text made from HTML,
 * where `raw` is HTML too; in `address` a value cannot end the name or add a mailbox (P25). `raw` opts out of each.
 */
export type Mode = 'html' | 'text' | 'stripped' | 'address';

const ENGINES: Readonly<Record<Mode, Liquid>> = {
  html: engine('escape'),
  text: engine(),
  stripped: stripping(engine()),
  address: engine((value: unknown) => written(value).replace(/[\s,;:<>()[\]\\"]+/g, ' ')),
};

function engine(outputEscape?: 'escape' | ((value: unknown) => string)): Liquid {
  const liquid = new Liquid({
    parseLimit: 1_000_000,
    memoryLimit: MEMORY,
    ownPropertyOnly: true,
    strictFilters: true,
    templates: {},
    ...(outputEscape !== undefined && { outputEscape }),
  });
  addFilters(liquid);
  for (const name of ABSENT_FILTERS) delete liquid.filters[name];
  for (const name of ABSENT_TAGS) delete liquid.tags[name];
  liquid.renderer.renderTemplates = renderTemplates;
  return liquid;
}

/** Values that were HTML become text as the rest of the mail did. */
function stripping(liquid: Liquid): Liquid {
  const { strip_html: strip } = filters as Record<string, (this: unknown, text: string) => string>;
  liquid.registerFilter('raw', {
    raw: true,
    handler(value: unknown) {
      return decodeEntities(strip?.call(this, written(value)) ?? '');
    },
  });
  for (const name of ['escape', 'escape_once', 'xml_escape', 'newline_to_br'])
    liquid.registerFilter(name, (value: unknown) => value);
  return liquid;
}

/** As liquidjs writes a value. */
function written(value: unknown): string {
  const plain: unknown = toValue(value);
  if (typeof plain === 'string') return plain;
  if (plain === null || plain === undefined) return '';
  return Array.isArray(plain) ? plain.map(written).join('') : String(plain);
}

/** Counts what is written: text grows by doubling too. */
class CountingEmitter {
  buffer = '';
  readonly #limit: Context['memoryLimit'];
  constructor(limit: Context['memoryLimit']) {
    this.#limit = limit;
  }
  write(value: unknown): void {
    const text = typeof value === 'string' ? value : written(value);
    this.#limit.use(text.length);
    this.buffer += text;
  }
}

/** liquidjs' own, but one part that fails does not fail the whole. */
function* renderTemplates(
  templates: Parsed[],
  context: Context,
  emitter: { buffer: string; write(value: unknown): void } = new CountingEmitter(context.memoryLimit),
): IterableIterator<unknown> {
  context.renderLimit.check(performance.now());
  for (const template of templates) {
    context.renderLimit.check(performance.now());
    try {
      const text: unknown = yield template.render(context, emitter);
      if (text) emitter.write(text);
    } catch (error) {
      tell(error, context);
    }
    if (context.breakCalled || context.continueCalled) break;
  }
  return emitter.buffer;
}

function tell(error: unknown, context: Context): void {
  const message = error instanceof Error ? error.message : String(error);
  // The last two are limits of JavaScript itself, which a template reaches only on purpose.
  if (/limit exceeded|^Invalid string length|^Maximum call stack/.test(message)) throw error;
  if (context instanceof MessageContext) context.faults.add(message.split(', line:')[0] ?? message);
}

/**
 * What makes long lists, or lists that hold themselves many times over. Other values are at most as large as the data
 * or are counted against MEMORY, and each filter goes over them once: between two looks at the clock little can happen.
 */
const GROWING = /\b(?:split|push|unshift|concat)\b|_exp\b|\.\./;

/** A piece of Liquid, parsed once. */
export interface Piece {
  readonly mode: Mode;
  readonly parsed: readonly Parsed[];
  /** Whether a single filter in it may take longer than the whole budget, so that it must be watched from outside. */
  readonly grows: boolean;
}

/** Throws liquidjs' own error for Liquid that cannot be read. */
export function parsePiece(text: string, mode: Mode): Piece {
  const parsed = ENGINES[mode].parse(text);
  for (const template of everyTemplate(parsed)) allowUndefined(template);
  return { mode, parsed, grows: putAside(text).pieces.some(({ source }) => GROWING.test(source)) };
}

function* everyTemplate(templates: readonly Parsed[]): Generator<Parsed> {
  for (const template of templates) {
    yield template;
    if (template.children !== undefined)
      yield* everyTemplate(toValueSync(template.children(false, true) as never) as unknown as Parsed[]);
  }
}

/** A condition, an assignment and whatever has a `default` may read what is not there. */
function allowUndefined(template: Parsed): void {
  const shown = template instanceof Output || template instanceof EchoTag;
  for (const value of template.arguments?.() ?? []) {
    if (!(value instanceof Value)) continue;
    if (shown && !value.filters.some(({ name }) => name === 'default')) continue;
    const evaluate = value.value.bind(value);
    value.value = function* (context, lenient) {
      if (!(context instanceof MessageContext)) return yield* evaluate(context, lenient);
      context.lenient += 1;
      try {
        return yield* evaluate(context, lenient);
      } finally {
        context.lenient -= 1;
      }
    };
  }
}

/** Renders the pieces of one message under one budget. */
export class Rendering {
  readonly faults = new Set<string>();
  readonly #data: object;
  readonly #manner: Manner;
  #limits: Limits | { readonly renderMs: number };

  constructor(data: object, manner: Manner, renderMs: number) {
    this.#data = data;
    this.#manner = manner;
    this.#limits = { renderMs };
  }

  /** Throws when a limit is reached. */
  render({ mode, parsed }: Piece): string {
    const liquid = ENGINES[mode];
    const context = new MessageContext(liquid, this.#data, this.#manner, this.faults, this.#limits);
    this.#limits = context;
    return toValueSync(liquid.renderer.renderTemplates([...parsed], context)) as string;
  }
}
