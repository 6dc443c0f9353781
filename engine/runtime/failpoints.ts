// Named places at which a test may stop or kill the process. In production there are none.

export type FailpointName =
  | 'deliver:before-fold'
  | 'deliver:before-commit'
  | 'deliver:before-copy'
  | 'hand-over:before-fence'
  | 'hand-over:before-send'
  | 'hand-over:before-outcome';
/** Called with what is at hand; may kill the process. */
export type Failpoint = (name: FailpointName, about: readonly string[]) => void;
