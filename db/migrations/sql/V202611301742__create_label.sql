-- What annotators said. Locks: none (new tables).
CREATE TABLE label (
    item_id   text        NOT NULL,
    annotator text        NOT NULL,
    revision  smallint    NOT NULL,
    replaces  smallint,
    answers   text        NOT NULL,
    origin    text        NOT NULL,
    given_at  timestamptz NOT NULL,
    CONSTRAINT label_once_pk PRIMARY KEY (item_id, annotator, revision),
    CONSTRAINT label_item_fk FOREIGN KEY (item_id) REFERENCES label_item,
    CONSTRAINT label_annotator_fk FOREIGN KEY (annotator) REFERENCES annotator,
    CONSTRAINT label_replaces_ck CHECK (revision >= 0 AND replaces IS NOT DISTINCT FROM nullif(revision, 0) - 1)
);
CREATE INDEX label_annotator_idx ON label (annotator);
COMMENT ON TABLE label IS 'Answers of one annotator about one item; append-only. A withdrawn one may be followed by one more';
COMMENT ON COLUMN label.item_id IS 'the item';
COMMENT ON COLUMN label.annotator IS 'who gave it';
COMMENT ON COLUMN label.revision IS '0; 1 after the first was withdrawn, and so on';
COMMENT ON COLUMN label.replaces IS 'the withdrawn revision before it, absent for 0';
COMMENT ON COLUMN label.answers IS 'JSON with sorted keys: answer by axis; text, because it is compared with the audit event';
COMMENT ON COLUMN label.origin IS 'page, or the file it was imported from';
COMMENT ON COLUMN label.given_at IS 'when, by the clock of who took it in';
CREATE TRIGGER label_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON label
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE label_withdrawal (
    item_id      text        NOT NULL,
    annotator    text        NOT NULL,
    revision     smallint    NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    CONSTRAINT label_withdrawal_pk PRIMARY KEY (item_id, annotator, revision),
    CONSTRAINT label_withdrawal_label_fk FOREIGN KEY (item_id, annotator, revision) REFERENCES label
);
COMMENT ON TABLE label_withdrawal IS 'Labels that their annotators took back; append-only';
COMMENT ON COLUMN label_withdrawal.item_id IS 'the item';
COMMENT ON COLUMN label_withdrawal.annotator IS 'who had given it, and took it back';
COMMENT ON COLUMN label_withdrawal.revision IS 'of the label';
COMMENT ON COLUMN label_withdrawal.withdrawn_at IS 'when';
CREATE TRIGGER label_withdrawal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON label_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One label of an annotator on an item stands at a time: the next one names a withdrawn one.
ALTER TABLE label ADD CONSTRAINT label_replaces_withdrawn_fk
    FOREIGN KEY (item_id, annotator, replaces) REFERENCES label_withdrawal (item_id, annotator, revision);
