-- What is to be labelled. Locks: none (new tables).
CREATE TABLE label_batch (
    batch_id            text        NOT NULL,
    run_name            text        NOT NULL,
    kind                text        NOT NULL,
    name                text        NOT NULL,
    annotators_per_item integer     NOT NULL,
    seed                bigint      NOT NULL,
    opened_by           text        NOT NULL,
    opened_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT label_batch_pk PRIMARY KEY (batch_id),
    CONSTRAINT label_batch_name_uq UNIQUE (run_name, name),
    CONSTRAINT label_batch_id_ck CHECK (batch_id ~ '^[0-9a-f]{16}$'),
    CONSTRAINT label_batch_kind_ck CHECK (kind IN ('CLIP_REVIEW', 'PAIRWISE', 'ABSOLUTE', 'HUMAN_EVALUATION')),
    CONSTRAINT label_batch_annotators_ck CHECK (annotators_per_item BETWEEN 1 AND 99)
);
COMMENT ON TABLE label_batch IS 'Items that are labelled by the same questions; append-only';
COMMENT ON COLUMN label_batch.batch_id IS 'first 16 hexadecimal digits of the SHA-256 of run, kind and name';
COMMENT ON COLUMN label_batch.run_name IS 'name of the run whose clips or videos they are';
COMMENT ON COLUMN label_batch.kind IS 'LabelKind: which questions are asked';
COMMENT ON COLUMN label_batch.name IS 'what people call it';
COMMENT ON COLUMN label_batch.annotators_per_item IS 'how many different people label each item';
COMMENT ON COLUMN label_batch.seed IS 'decides sides and the order in which each annotator sees items';
COMMENT ON COLUMN label_batch.opened_by IS 'user and host';
COMMENT ON COLUMN label_batch.opened_at IS 'when';
CREATE TRIGGER label_batch_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON label_batch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE label_item (
    item_id  text NOT NULL,
    batch_id text NOT NULL,
    CONSTRAINT label_item_pk PRIMARY KEY (item_id),
    CONSTRAINT label_item_batch_fk FOREIGN KEY (batch_id) REFERENCES label_batch,
    CONSTRAINT label_item_id_ck CHECK (item_id ~ '^[0-9a-f]{16}$')
);
CREATE INDEX label_item_batch_id_idx ON label_item (batch_id);
COMMENT ON TABLE label_item IS 'One clip or video, or a pair of them, that is labelled at a time; append-only';
COMMENT ON COLUMN label_item.item_id IS 'first 16 hexadecimal digits of the SHA-256 of the batch and what it shows';
COMMENT ON COLUMN label_item.batch_id IS 'the batch';
CREATE TRIGGER label_item_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON label_item
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE label_subject (
    item_id        text     NOT NULL,
    side           smallint NOT NULL,
    subject_id     text     NOT NULL,
    content_sha256 text     NOT NULL,
    task           text     NOT NULL,
    artifact_key   text     NOT NULL,
    file           text     NOT NULL,
    reference_file text     NOT NULL,
    method         text     NOT NULL,
    prompt         text     NOT NULL,
    CONSTRAINT label_subject_pk PRIMARY KEY (item_id, side),
    CONSTRAINT label_subject_item_fk FOREIGN KEY (item_id) REFERENCES label_item,
    CONSTRAINT label_subject_side_ck CHECK (side IN (1, 2)),
    CONSTRAINT label_subject_content_sha256_ck CHECK (content_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT label_subject_artifact_key_ck CHECK (artifact_key ~ '^[0-9a-f]{64}$')
);
CREATE INDEX label_subject_subject_id_idx ON label_subject (subject_id);
COMMENT ON TABLE label_subject IS 'What an item shows: one thing, or two side by side; append-only';
COMMENT ON COLUMN label_subject.item_id IS 'the item';
COMMENT ON COLUMN label_subject.side IS '1 or 2, of a pair left and right';
COMMENT ON COLUMN label_subject.subject_id IS 'id of the clip or sample';
COMMENT ON COLUMN label_subject.content_sha256 IS 'hash of the file that is shown; of a clip, of its source video';
COMMENT ON COLUMN label_subject.task IS 'TaskKind of the artifact';
COMMENT ON COLUMN label_subject.artifact_key IS 'artifact that holds the file, or of a clip the curation that cut it';
COMMENT ON COLUMN label_subject.file IS 'name in the artifact''s manifest';
COMMENT ON COLUMN label_subject.reference_file IS 'picture that it was made from, in the same artifact; empty without one';
COMMENT ON COLUMN label_subject.method IS 'which model made it, not told to annotators; empty for clips';
COMMENT ON COLUMN label_subject.prompt IS 'caption or prompt';
CREATE TRIGGER label_subject_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON label_subject
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION label_items_sha256(batch text) RETURNS text STABLE LANGUAGE sql AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        audit_field(i.item_id) || coalesce(s.subjects, ''), '' ORDER BY i.item_id COLLATE "C"), ''), 'UTF8')), 'hex')
    FROM label_item i
    LEFT JOIN LATERAL (
        SELECT string_agg(audit_field(side::text) || audit_field(subject_id) || audit_field(content_sha256)
            || audit_field(task) || audit_field(artifact_key) || audit_field(file) || audit_field(reference_file)
            || audit_field(method) || audit_field(prompt), '' ORDER BY side) AS subjects
        FROM label_subject WHERE item_id = i.item_id) AS s ON true
    WHERE i.batch_id = batch
$$;
COMMENT ON FUNCTION label_items_sha256 IS 'Seal of a batch: hash of its items and all that they show, as they are now';
