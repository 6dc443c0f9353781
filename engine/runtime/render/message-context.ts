// The scope in which one message is rendered: its data, who reads it, and what turned out to be missing.

import type { Liquid } from 'liquidjs';
import { Context } from 'liquidjs';

/** Who reads the message, and when. */
export interface Manner {
  readonly locale: string;
  readonly zone: string;
  readonly currency: string;
  readonly now: number;
}

type Limiter = Context['memoryLimit'];
export interface Limits {
  readonly memoryLimit: Limiter;
  readonly renderLimit: Limiter;
}

export class MessageContext extends Context {
  readonly manner: Manner;
  readonly faults: Set<string>;
  /** Above 0 while something is evaluated that may be undefined: a condition, what has a `default`. */
  lenient = 0;

  /** `limits` are another piece's of the same message: one budget for all of it. */
  constructor(
    liquid: Liquid,
    data: object,
    manner: Manner,
    faults: Set<string>,
    limits: Limits | { readonly renderMs: number },
  ) {
    super(
      data,
      liquid.options,
      { sync: true, ...('renderMs' in limits && { renderLimit: limits.renderMs }) },
      { ...('renderMs' in limits ? {} : limits), liquid },
    );
    this.manner = manner;
    this.faults = faults;
  }

  /** Every variable is read here; what is undefined renders empty and is told once. */
  override *_get(path: Parameters<Context['_get']>[0]): IterableIterator<unknown> {
    const value = yield* super._get(path);
    if (value === undefined && this.lenient === 0) this.faults.add(path.join('.'));
    return value;
  }
}
