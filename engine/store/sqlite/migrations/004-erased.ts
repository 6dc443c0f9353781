// Who was erased: what is still on its way for them when they go must not bring them back. A digest of our own id for
// them, which says nothing about anybody.

export const erased = `
CREATE TABLE erased (
  digest TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
`;
