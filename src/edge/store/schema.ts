/** Marks a file as the state of a Homeport edge: "HmPt" (sqlite.org/pragma.html#pragma_application_id). */
export const APPLICATION_ID = 0x486d5074

/**
 * How the schema came to be, one step a version: `user_version` counts those that a file has been through. A step that
 * was released never changes.
 *
 * Nothing is ever looked up by what it holds, so there is one table: `body` is JSON, `sum` its CRC-32, because SQLite
 * checks the form of its pages and not what is written on them.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE record (
     kind TEXT NOT NULL,
     key TEXT NOT NULL,
     body TEXT NOT NULL,
     sum INTEGER NOT NULL,
     PRIMARY KEY (kind, key)
   ) STRICT`,
]
