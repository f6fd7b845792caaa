"""The library's tables, as the migrations that make them.

    subjects    with the name of the adapter that answers about their documents
    documents   one for each content (SHA-256 of the bytes); `version` counts the contents its file has had
    paths       where its bytes were seen
    pages       what is known of each page but its text
    sections
    places      which passages a page's text is made of: joined in the order of `start` they *are* the text
    passages    stretches of text, each kept once by the hash of its language and text, whoever has it
    units       finished work, with `unit_sources`: the contents (SHA-256) that it was made from
    conversations, messages, attachments
    state       `index`: the version of what is in the full-text index; `erase`: a deletion is not finished

A changed file therefore costs only its changed passages: the others keep their row, their place in the index and the
units made from them. The index itself (`assistant.library.index`) is no migration, for a few builds of SQLite lack
FTS5 and must open the library all the same.
"""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE documents (
            key TEXT PRIMARY KEY, sha256 TEXT NOT NULL, name TEXT NOT NULL,
            content TEXT NOT NULL, created REAL NOT NULL)""",
        "CREATE TABLE units (key TEXT PRIMARY KEY, value TEXT NOT NULL, created REAL NOT NULL)",
        """CREATE TABLE conversations (
            id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL,
            created REAL NOT NULL, updated REAL NOT NULL)""",
        """CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            role TEXT NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL,
            details TEXT NOT NULL, created REAL NOT NULL)""",
        "CREATE INDEX messages_by_conversation ON messages (conversation, id)",
        """CREATE TABLE attachments (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            path TEXT NOT NULL, UNIQUE (conversation, path))""",
    ),
    (
        # Only a cache, made by a reader that has changed since: those files are read again when they are opened.
        "DROP TABLE documents",
        "CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        """CREATE TABLE subjects (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, created REAL NOT NULL)""",
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
            subject INTEGER REFERENCES subjects (id) ON DELETE SET NULL,
            suffix TEXT NOT NULL, reader_version INTEGER NOT NULL,
            title TEXT NOT NULL, language TEXT NOT NULL, metadata TEXT NOT NULL,
            warnings TEXT NOT NULL, warnings_language TEXT NOT NULL, recognised_with TEXT NOT NULL,
            text_bytes INTEGER NOT NULL, added REAL NOT NULL, read REAL NOT NULL)""",
        "CREATE INDEX documents_by_subject ON documents (subject)",
        """CREATE TABLE paths (
            path TEXT PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            file_bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, seen REAL NOT NULL)""",
        "CREATE INDEX paths_by_document ON paths (document)",
        """CREATE TABLE pages (
            document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, number INTEGER NOT NULL,
            label TEXT NOT NULL, engine TEXT NOT NULL, reason TEXT NOT NULL, warnings TEXT NOT NULL,
            language TEXT NOT NULL, head TEXT NOT NULL, PRIMARY KEY (document, number)) WITHOUT ROWID""",
        """CREATE TABLE sections (
            document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, position INTEGER NOT NULL,
            title TEXT NOT NULL, level INTEGER NOT NULL, page INTEGER NOT NULL, offset INTEGER NOT NULL,
            PRIMARY KEY (document, position)) WITHOUT ROWID""",
        """CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL UNIQUE,
            text TEXT NOT NULL, stems TEXT NOT NULL, language TEXT NOT NULL)""",
        """CREATE TABLE places (
            document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, page INTEGER NOT NULL,
            start INTEGER NOT NULL, passage INTEGER NOT NULL REFERENCES passages (id),
            PRIMARY KEY (document, page, start)) WITHOUT ROWID""",
        "CREATE INDEX places_by_passage ON places (passage)",
        "ALTER TABLE units ADD COLUMN used REAL NOT NULL DEFAULT 0",
        "UPDATE units SET used = created",
        """CREATE TABLE unit_sources (
            sha256 TEXT NOT NULL, unit TEXT NOT NULL REFERENCES units (key) ON DELETE CASCADE,
            PRIMARY KEY (sha256, unit)) WITHOUT ROWID""",
        "CREATE INDEX unit_sources_by_unit ON unit_sources (unit)",
    ),
    (
        # What of a document a conversation is about, as a person writes it; empty is all.
        "ALTER TABLE attachments ADD COLUMN chapters TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE attachments ADD COLUMN pages TEXT NOT NULL DEFAULT ''",
    ),
    (
        # The adapter that answers about a subject's documents, by name; empty is none.
        "ALTER TABLE subjects ADD COLUMN adapter TEXT NOT NULL DEFAULT ''",
    ),
)
"""Append only: item `n` takes a library from version `n` to `n + 1`. Times are seconds since the epoch."""
