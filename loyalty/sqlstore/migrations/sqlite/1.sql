-- What each table and column is for: SCHEMA.md.
CREATE TABLE loyalty_account (
    program TEXT NOT NULL,
    member TEXT NOT NULL,
    version INTEGER NOT NULL,
    due INTEGER,
    until INTEGER,
    totals TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (program, member)
) STRICT;

CREATE INDEX loyalty_account_due ON loyalty_account (program, due, member) WHERE due IS NOT NULL;

CREATE TABLE loyalty_record (
    program TEXT NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    until INTEGER,
    body BLOB NOT NULL,
    PRIMARY KEY (program, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE loyalty_entry (
    position INTEGER PRIMARY KEY,
    program TEXT NOT NULL,
    member TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    occurred INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    body BLOB NOT NULL,
    command BLOB,
    UNIQUE (program, member, seq)
) STRICT;

CREATE TABLE loyalty_counter (
    program TEXT NOT NULL,
    kind INTEGER NOT NULL,
    number INTEGER NOT NULL,
    period INTEGER NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (program, kind, number, period, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE loyalty_checkpoint (
    program TEXT NOT NULL,
    consumer TEXT NOT NULL,
    cursor TEXT NOT NULL,
    PRIMARY KEY (program, consumer)
) STRICT, WITHOUT ROWID;
