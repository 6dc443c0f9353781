// Transactional people go first, and still leave others their part: nobody starves.

/** How many of a claim of `limit` may be taken for being transactional. */
export function urgentShare(limit: number): number {
  return Math.max(1, Math.ceil(limit * 0.75));
}
