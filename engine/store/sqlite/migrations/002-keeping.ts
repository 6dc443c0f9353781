// What is counted when it is forgotten, and how far back something may be gone.

export const keeping = `
CREATE TABLE tallies (
  journey TEXT NOT NULL,
  version TEXT NOT NULL,
  step TEXT NOT NULL,
  name TEXT NOT NULL,
  amount REAL NOT NULL,
  PRIMARY KEY (journey, version, step, name)
) WITHOUT ROWID;
CREATE TABLE horizons (
  kind TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
`;
