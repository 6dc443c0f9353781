// What a row of the table of errors says.

export interface ErrorKind {
  /** What is wrong, one sentence, for `docs/errors.md`. */
  readonly means: string;
  /** What the reader should do. */
  readonly remedy: string;
  /** Exit status of a command that ends with it: 1 findings, 2 cannot run. */
  readonly exit: 1 | 2;
  /** HTTP status where a request ends with it. */
  readonly http: number;
}

export type ErrorSection = Readonly<Record<string, ErrorKind>>;

/** A finding of `check`: exit status 1, and 422 where a deploy over HTTP is refused for it. */
export function finding(means: string, remedy: string): ErrorKind {
  return { means, remedy, exit: 1, http: 422 };
}

/** A warning: it alone ends no command, unless with `--strict`. */
export function warning(means: string, remedy: string): ErrorKind {
  return { means, remedy, exit: 1, http: 200 };
}

/** A refused request. */
export function refusal(http: number, means: string, remedy: string): ErrorKind {
  return { means, remedy, exit: 2, http };
}
