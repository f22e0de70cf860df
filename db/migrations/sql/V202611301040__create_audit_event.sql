-- The audit log: events in a chain of hashes that only append_audit_event adds to. Locks: none (new tables).
--
-- A table with a trigger that executes refuse_change() is append-only: the application's role gets no right to change or
-- remove its rows (ApplicationRole), and the trigger refuses it to everybody else, superusers included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % rows of %: they are append-only. Append a row that says what is different now.',
        lower(TG_OP), TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION refuse_change IS 'Trigger of append-only tables: refuses UPDATE, DELETE and TRUNCATE';

CREATE TABLE audit_event (
    number        bigint      NOT NULL,
    kind          text        NOT NULL,
    run_name      text,
    subject       text        NOT NULL,
    detail        text        NOT NULL,
    os_user       text        NOT NULL,
    host          text        NOT NULL,
    process       bigint      NOT NULL,
    database_role text        NOT NULL,
    address       text        NOT NULL,
    occurred_at   timestamptz NOT NULL,
    previous_hash text        NOT NULL,
    hash          text        NOT NULL,
    CONSTRAINT audit_event_pk PRIMARY KEY (number),
    CONSTRAINT audit_event_number_ck CHECK (number > 0),
    CONSTRAINT audit_event_run_name_ck CHECK (run_name <> ''),
    CONSTRAINT audit_event_previous_hash_ck CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT audit_event_hash_ck CHECK (hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX audit_event_run_name_idx ON audit_event (run_name, number);
CREATE INDEX audit_event_subject_idx ON audit_event (subject, number);
COMMENT ON TABLE audit_event IS 'What happened, by whom and from where; a chain of hashes, append-only';
COMMENT ON COLUMN audit_event.number IS 'place in the chain, from 1, without gaps';
COMMENT ON COLUMN audit_event.kind IS 'AuditKind, for example VERDICT';
COMMENT ON COLUMN audit_event.run_name IS 'name of the run; absent where it is about none';
COMMENT ON COLUMN audit_event.subject IS 'what it is about: token, token/index of an attempt, artifact key, job';
COMMENT ON COLUMN audit_event.detail IS 'JSON on one line with sorted keys; text, because its bytes are hashed';
COMMENT ON COLUMN audit_event.os_user IS 'user of the operating system, as the process says';
COMMENT ON COLUMN audit_event.host IS 'machine, as the process says';
COMMENT ON COLUMN audit_event.process IS 'number of the process there';
COMMENT ON COLUMN audit_event.database_role IS 'role of the session, as the database knows it';
COMMENT ON COLUMN audit_event.address IS 'network address of the session, as the database knows it; local for a socket';
COMMENT ON COLUMN audit_event.occurred_at IS 'the database''s clock';
COMMENT ON COLUMN audit_event.previous_hash IS 'hash of the event before; of the first, hash of the chain''s identity';
COMMENT ON COLUMN audit_event.hash IS 'SHA-256 of this event''s canonical form, which previous_hash is part of';

CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE audit_chain (
    chain_id text    NOT NULL,
    events   bigint  NOT NULL,
    hash     text    NOT NULL,
    CONSTRAINT audit_chain_pk PRIMARY KEY (chain_id),
    CONSTRAINT audit_chain_events_ck CHECK (events >= 0),
    CONSTRAINT audit_chain_hash_ck CHECK (hash ~ '^[0-9a-f]{64}$')
) WITH (fillfactor = 20);
CREATE UNIQUE INDEX audit_chain_single_idx ON audit_chain ((true));
COMMENT ON TABLE audit_chain IS 'The one row that says where the chain of audit_event ends; its lock puts appenders in a row';
COMMENT ON COLUMN audit_chain.chain_id IS 'random identity, so that events of two databases are told apart';
COMMENT ON COLUMN audit_chain.events IS 'how many events there are: the number of the last';
COMMENT ON COLUMN audit_chain.hash IS 'hash of the last event; without events, hash of the chain''s identity';

CREATE FUNCTION audit_field(value text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT octet_length(convert_to(coalesce(value, ''), 'UTF8'))::text || ':' || coalesce(value, '') || ','
$$;
COMMENT ON FUNCTION audit_field IS 'A field of the canonical form: a netstring, which cannot be confused with its neighbours';

INSERT INTO audit_chain (chain_id, events, hash)
SELECT chain_id, 0,
    encode(sha256(convert_to(audit_field('mugv-audit-1') || audit_field(chain_id), 'UTF8')), 'hex')
FROM (SELECT gen_random_uuid()::text AS chain_id) AS fresh;

CREATE FUNCTION append_audit_event(
    kind text, run_name text, subject text, detail text, os_user text, host text, process bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    chain  audit_chain%ROWTYPE;
    place  bigint;
    now_at timestamptz;
    peer   text := coalesce(host(inet_client_addr()), 'local');
    run    text := nullif(append_audit_event.run_name, '');
    digest text;
BEGIN
    SELECT * INTO STRICT chain FROM audit_chain FOR UPDATE;
    place := chain.events + 1;
    now_at := clock_timestamp();
    digest := encode(sha256(convert_to(
        audit_field('mugv-audit-1') || audit_field(place::text) || audit_field(chain.hash)
        || audit_field((extract(epoch FROM now_at) * 1000000)::bigint::text)
        || audit_field(kind) || audit_field(run) || audit_field(subject) || audit_field(detail)
        || audit_field(os_user) || audit_field(append_audit_event.host) || audit_field(process::text)
        || audit_field(session_user::text) || audit_field(peer), 'UTF8')), 'hex');
    INSERT INTO audit_event (number, kind, run_name, subject, detail, os_user, host, process, database_role, address,
        occurred_at, previous_hash, hash)
    VALUES (place, append_audit_event.kind, run, append_audit_event.subject, append_audit_event.detail,
        append_audit_event.os_user, append_audit_event.host, append_audit_event.process, session_user::text, peer,
        now_at, chain.hash, digest);
    UPDATE audit_chain SET events = place, hash = digest;
    RETURN place;
END
$$;
COMMENT ON FUNCTION append_audit_event IS
    'The only way into audit_event: runs with its owner''s rights, so that the application needs none on the table';
REVOKE EXECUTE ON FUNCTION append_audit_event FROM PUBLIC;

-- A temporary table of the caller must not stand in for ours.
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION append_audit_event SET search_path = %I, pg_temp', current_schema());
END $$;
