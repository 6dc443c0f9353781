// Which releases understand a version, and what it listens to: carried along when the folder is moved to a shared store,
// where workers of an older release leave its people to others.

export const format = `
ALTER TABLE versions ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE versions ADD COLUMN hears TEXT NOT NULL DEFAULT '[]';
`;
