"""The tables of a store, and the making of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

SCHEMA = 1
"""Of the tables and of the files beside them; a change is said in the CHANGELOG."""

APPLICATION_ID = 0x6E647470
"""Bytes 68 to 71 of the main file, by which a store is told from other SQLite files."""

_PAGE_BYTES = 8192

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE articles (
    number INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    identity BLOB NOT NULL,
    place BLOB,
    root INTEGER NOT NULL,
    current INTEGER NOT NULL,
    source,
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL,
    seen INTEGER NOT NULL,
    story INTEGER NOT NULL,
    likenesses INTEGER NOT NULL
);
CREATE UNIQUE INDEX articles_identity ON articles (identity);
CREATE INDEX articles_place ON articles (place) WHERE place IS NOT NULL;
CREATE INDEX articles_story ON articles (story);
CREATE INDEX articles_later_versions ON articles (root) WHERE root <> number;
CREATE INDEX articles_superseded ON articles (number) WHERE current = 0;

CREATE TABLE records (
    number INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    record BLOB NOT NULL,
    sentences BLOB NOT NULL
);

CREATE TABLE matches (
    "left" INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    "right" INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    verdict TEXT NOT NULL,
    score REAL NOT NULL,
    run INTEGER NOT NULL,
    told INTEGER,
    pair BLOB NOT NULL,
    UNIQUE ("left", "right")
);
CREATE INDEX matches_right ON matches ("right");
CREATE INDEX matches_told ON matches (told);

CREATE TABLE compared (
    "left" INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    "right" INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    verdict TEXT NOT NULL,
    PRIMARY KEY ("left", "right")
) WITHOUT ROWID;
CREATE INDEX compared_right ON compared ("right");

CREATE TABLE recurring (key INTEGER PRIMARY KEY);
CREATE TABLE outlets (name PRIMARY KEY, articles INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE clusters (id TEXT PRIMARY KEY, born INTEGER NOT NULL, absorbed_into TEXT, told INTEGER) WITHOUT ROWID;
CREATE INDEX clusters_told ON clusters (told);
CREATE INDEX clusters_absorbed ON clusters (absorbed_into) WHERE absorbed_into IS NOT NULL;
CREATE TABLE members (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    cluster TEXT NOT NULL REFERENCES clusters,
    told INTEGER
);
CREATE INDEX members_cluster ON members (cluster);
CREATE INDEX members_told ON members (told);
CREATE TABLE to_renew (root INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE);

CREATE TABLE runs (
    number INTEGER PRIMARY KEY, started REAL NOT NULL, wall REAL NOT NULL, ended REAL, figures TEXT NOT NULL
);
CREATE INDEX runs_wall ON runs (wall);
CREATE TABLE segments (
    name TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    first INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    latest_day REAL NOT NULL,
    bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE rebuilt (
    number INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    identity BLOB NOT NULL,
    place BLOB,
    record BLOB,
    sentences BLOB NOT NULL
);
CREATE TABLE rebuilt_recurring (key INTEGER PRIMARY KEY);
"""
"""Texts stand apart from what is known of their articles: a run that meets ten thousand articles again writes a few
pages, not one for each. An id or a source that is no valid Unicode is kept as bytes. `rebuilt` is a migration's.
`to_renew` is what an expiry left of clusters until they are made anew."""


def make(connection: sqlite3.Connection, meta: Mapping[str, str | int | float]) -> None:
    """Makes the tables in an empty database, in one transaction, and leaves it in WAL mode."""
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.executescript(f"BEGIN IMMEDIATE; {_TABLES}")
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
