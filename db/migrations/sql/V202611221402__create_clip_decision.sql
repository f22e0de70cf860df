-- What a run decided about each clip, and why. Locks: none (new tables).
CREATE TABLE clip_decision (
    run_name   text             NOT NULL,
    clip_id    text             NOT NULL,
    kept       boolean          NOT NULL,
    reason     text             NOT NULL DEFAULT '',
    detail     text             NOT NULL DEFAULT '',
    weight     double precision NOT NULL DEFAULT 1,
    held_out   boolean          NOT NULL DEFAULT false,
    finetune   boolean          NOT NULL DEFAULT false,
    decided_at timestamptz      NOT NULL DEFAULT now(),
    CONSTRAINT clip_decision_pk PRIMARY KEY (run_name, clip_id),
    CONSTRAINT clip_decision_clip_fk FOREIGN KEY (clip_id) REFERENCES clip ON DELETE CASCADE,
    CONSTRAINT clip_decision_reason_ck CHECK (kept = (reason = '')),
    CONSTRAINT clip_decision_weight_ck CHECK (weight > 0 AND weight < 'Infinity'::double precision)
);
CREATE INDEX clip_decision_clip_id_idx ON clip_decision (clip_id);
COMMENT ON TABLE clip_decision IS 'Whether a run keeps a clip, with the reason of every rejection';
COMMENT ON COLUMN clip_decision.run_name IS 'name of the run';
COMMENT ON COLUMN clip_decision.clip_id IS 'the clip decided about';
COMMENT ON COLUMN clip_decision.kept IS 'whether training may see it';
COMMENT ON COLUMN clip_decision.reason IS 'short reason of a rejection, the same words for the same rule; empty when kept';
COMMENT ON COLUMN clip_decision.detail IS 'the numbers behind the reason';
COMMENT ON COLUMN clip_decision.weight IS 'sampling weight by balancing';
COMMENT ON COLUMN clip_decision.held_out IS 'kept for validation, never trained on';
COMMENT ON COLUMN clip_decision.finetune IS 'chosen for supervised finetuning';
COMMENT ON COLUMN clip_decision.decided_at IS 'when the row was last written';

CREATE TABLE clip_duplicate (
    run_name text             NOT NULL,
    clip_id  text             NOT NULL,
    other_id text             NOT NULL,
    distance double precision NOT NULL,
    CONSTRAINT clip_duplicate_pk PRIMARY KEY (run_name, clip_id, other_id),
    CONSTRAINT clip_duplicate_clip_fk FOREIGN KEY (clip_id) REFERENCES clip ON DELETE CASCADE,
    CONSTRAINT clip_duplicate_other_fk FOREIGN KEY (other_id) REFERENCES clip ON DELETE CASCADE,
    CONSTRAINT clip_duplicate_order_ck CHECK (clip_id < other_id)
);
COMMENT ON TABLE clip_duplicate IS 'Pairs of clips that show the same material';
COMMENT ON COLUMN clip_duplicate.run_name IS 'name of the run';
COMMENT ON COLUMN clip_duplicate.clip_id IS 'the clip with the smaller id';
COMMENT ON COLUMN clip_duplicate.other_id IS 'the other clip';
COMMENT ON COLUMN clip_duplicate.distance IS 'distance of their fingerprints, 0 is equal';

CREATE TABLE clip_caption (
    run_name text NOT NULL,
    clip_id  text NOT NULL,
    caption  text NOT NULL,
    origin   text NOT NULL,
    tags     text NOT NULL,
    CONSTRAINT clip_caption_pk PRIMARY KEY (run_name, clip_id),
    CONSTRAINT clip_caption_clip_fk FOREIGN KEY (clip_id) REFERENCES clip ON DELETE CASCADE
);
COMMENT ON TABLE clip_caption IS 'Captions of clips and the tags that balancing uses';
COMMENT ON COLUMN clip_caption.run_name IS 'name of the run';
COMMENT ON COLUMN clip_caption.clip_id IS 'the clip described';
COMMENT ON COLUMN clip_caption.caption IS 'text that training sees';
COMMENT ON COLUMN clip_caption.origin IS 'who wrote it: csv, endpoint or describer';
COMMENT ON COLUMN clip_caption.tags IS 'tags in one line, separated by a space';
