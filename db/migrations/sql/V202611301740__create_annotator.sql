-- People who label, and how they log in. Locks: none (new tables).
CREATE TABLE annotator (
    name       text        NOT NULL,
    invited_by text        NOT NULL,
    invited_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT annotator_pk PRIMARY KEY (name),
    CONSTRAINT annotator_name_ck CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$')
);
COMMENT ON TABLE annotator IS 'People, and programs in their place, who give labels; append-only';
COMMENT ON COLUMN annotator.name IS 'under which labels are given';
COMMENT ON COLUMN annotator.invited_by IS 'user and host';
COMMENT ON COLUMN annotator.invited_at IS 'when';
CREATE TRIGGER annotator_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annotator
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE annotator_credential (
    name    text        NOT NULL,
    number  integer     NOT NULL,
    kind    text        NOT NULL,
    hash    text        NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT annotator_credential_pk PRIMARY KEY (name, number),
    CONSTRAINT annotator_credential_annotator_fk FOREIGN KEY (name) REFERENCES annotator,
    CONSTRAINT annotator_credential_number_ck CHECK (number > 0),
    CONSTRAINT annotator_credential_kind_ck CHECK (
        (kind IN ('INVITATION', 'PASSWORD') AND hash <> '') OR (kind = 'REVOKED' AND hash = ''))
);
COMMENT ON TABLE annotator_credential IS 'How annotators log in: of each the newest row counts; append-only';
COMMENT ON COLUMN annotator_credential.name IS 'the annotator';
COMMENT ON COLUMN annotator_credential.number IS 'from 1';
COMMENT ON COLUMN annotator_credential.kind IS 'INVITATION: a password for one use; PASSWORD: their own; REVOKED: none';
COMMENT ON COLUMN annotator_credential.hash IS 'bcrypt with its salt and cost; empty when revoked';
COMMENT ON COLUMN annotator_credential.made_at IS 'when';
CREATE TRIGGER annotator_credential_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annotator_credential
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
