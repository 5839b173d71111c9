-- What each table and column is for: SCHEMA.md.
CREATE TABLE loyalty_account (
    version bigint NOT NULL,
    position bigint NOT NULL,
    due bigint,
    until bigint,
    program text COLLATE "C" NOT NULL,
    member text COLLATE "C" NOT NULL,
    totals text,
    body bytea NOT NULL,
    PRIMARY KEY (member, program)
) WITH (fillfactor = 70);

CREATE INDEX loyalty_account_due ON loyalty_account (program, due, member);

CREATE TABLE loyalty_record (
    version bigint NOT NULL,
    until bigint,
    kind smallint NOT NULL,
    program text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (name, kind, program)
);

CREATE INDEX loyalty_record_until ON loyalty_record USING brin (until);

CREATE TABLE loyalty_entry (
    position bigint NOT NULL,
    seq bigint NOT NULL,
    occurred bigint NOT NULL,
    recorded bigint NOT NULL,
    kind smallint NOT NULL,
    program text COLLATE "C" NOT NULL,
    member text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    command bytea,
    PRIMARY KEY (member, program, seq)
);

CREATE INDEX loyalty_entry_position ON loyalty_entry (program, position);

CREATE TABLE loyalty_counter (
    count bigint NOT NULL,
    until bigint,
    number bigint NOT NULL,
    period integer NOT NULL,
    kind smallint NOT NULL,
    shard smallint NOT NULL,
    program text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (program, kind, number, period, value, shard)
) WITH (fillfactor = 50);

CREATE TABLE loyalty_checkpoint (
    program text COLLATE "C" NOT NULL,
    consumer text COLLATE "C" NOT NULL,
    cursor text NOT NULL,
    PRIMARY KEY (program, consumer)
) WITH (fillfactor = 50);

CREATE FUNCTION loyalty_position(id bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT id $$;

CREATE FUNCTION loyalty_refuse(why text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = why, ERRCODE = 'serialization_failure';
END $$;
