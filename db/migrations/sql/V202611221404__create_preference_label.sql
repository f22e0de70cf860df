-- Preference labels of generated samples. Locks: none (new table).
CREATE TABLE preference_label (
    run_name    text        NOT NULL,
    label_id    text        NOT NULL,
    kind        text        NOT NULL,
    sample_id   text        NOT NULL,
    loser_id    text,
    pass        boolean,
    origin      text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT preference_label_pk PRIMARY KEY (run_name, label_id),
    CONSTRAINT preference_label_kind_ck CHECK (
        (kind = 'PAIR' AND loser_id IS NOT NULL AND pass IS NULL)
        OR (kind = 'ABSOLUTE' AND loser_id IS NULL AND pass IS NOT NULL))
);
CREATE INDEX preference_label_sample_id_idx ON preference_label (sample_id);
COMMENT ON TABLE preference_label IS 'Which generated samples were preferred, or passed, and by whom';
COMMENT ON COLUMN preference_label.run_name IS 'name of the run';
COMMENT ON COLUMN preference_label.label_id IS 'id of the label in its source';
COMMENT ON COLUMN preference_label.kind IS 'PAIR: sample preferred over loser; ABSOLUTE: sample passes or fails';
COMMENT ON COLUMN preference_label.sample_id IS 'the preferred sample, or the sample judged';
COMMENT ON COLUMN preference_label.loser_id IS 'the sample that was not preferred';
COMMENT ON COLUMN preference_label.pass IS 'whether the sample passed';
COMMENT ON COLUMN preference_label.origin IS 'file the labels came from, or the automatic rule';
COMMENT ON COLUMN preference_label.recorded_at IS 'when the row was last written';
