// The first schema. Append-only: a released migration is never edited, a change is a new file.

/** `people` holds whole records; what changes with every arrival stands apart in `queue`, so that no record is rewritten. */
export const first = `
CREATE TABLE people (
  id TEXT PRIMARY KEY,
  rev INTEGER NOT NULL,
  body TEXT NOT NULL,
  inside TEXT NOT NULL,
  enrollments INTEGER NOT NULL,
  faulted INTEGER NOT NULL,
  begun INTEGER NOT NULL
);
CREATE INDEX people_faulted ON people (id) WHERE faulted > 0;
CREATE INDEX people_begun ON people (id) WHERE begun > 0;

CREATE TABLE queue (
  person TEXT PRIMARY KEY,
  inbox_seq INTEGER NOT NULL,
  seen_seq INTEGER NOT NULL,
  wake_at INTEGER,
  lane TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX queue_due ON queue (wake_at, person, lane) WHERE wake_at IS NOT NULL;
CREATE INDEX queue_unread ON queue (person, lane) WHERE inbox_seq > seen_seq;

CREATE TABLE inside (
  journey TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (journey, person)
) WITHOUT ROWID;
CREATE INDEX inside_person ON inside (person);

CREATE TABLE uncopied (
  person TEXT PRIMARY KEY,
  last_intent TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE identities (
  key TEXT PRIMARY KEY,
  person TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX identities_person ON identities (person, key);

CREATE TABLE aliases (
  loser TEXT PRIMARY KEY,
  winner TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX aliases_winner ON aliases (winner);

CREATE TABLE events (
  id TEXT PRIMARY KEY,
  person TEXT,
  source TEXT NOT NULL,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  received INTEGER NOT NULL,
  effective INTEGER NOT NULL,
  done INTEGER NOT NULL,
  hops INTEGER NOT NULL,
  data TEXT NOT NULL,
  who TEXT NOT NULL,
  links TEXT NOT NULL
);
CREATE INDEX events_undone ON events (person, effective, id) WHERE done = 0;
CREATE INDEX events_history ON events (person, name, at, id);
CREATE INDEX events_arrival ON events (received, id);

CREATE TABLE messages (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  journey TEXT NOT NULL,
  channel TEXT NOT NULL,
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX messages_newest ON messages (at, id);
CREATE INDEX messages_person ON messages (person, at, id);
CREATE INDEX messages_journey ON messages (journey, at, id);

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  id TEXT NOT NULL,
  journey TEXT,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (person, id)
);
CREATE INDEX journal_at ON journal (at);
CREATE INDEX journal_journey ON journal (journey, at) WHERE journey IS NOT NULL;

CREATE TABLE versions (
  hash TEXT PRIMARY KEY,
  journey TEXT NOT NULL,
  number INTEGER NOT NULL,
  yaml TEXT NOT NULL,
  parent TEXT,
  deployed_at INTEGER NOT NULL,
  author TEXT,
  UNIQUE (journey, number)
);
CREATE TABLE journeys (
  id TEXT PRIMARY KEY,
  current TEXT NOT NULL,
  paused INTEGER NOT NULL,
  archived INTEGER NOT NULL,
  templates TEXT NOT NULL
);
CREATE TABLE workspace (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL,
  settings TEXT NOT NULL,
  pulse INTEGER NOT NULL
);
INSERT INTO workspace VALUES (1, 0, '', 0);

CREATE TABLE suppressions (
  address TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE mails (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  at INTEGER NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX mails_newest ON mails (at, id);
CREATE INDEX mails_person ON mails (person);
CREATE TABLE refused (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX refused_at ON refused (at);
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
`;
