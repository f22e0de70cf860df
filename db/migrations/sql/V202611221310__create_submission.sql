-- Which scripts were handed to the executor, and what is known of that. Locks: none (new table).
CREATE TABLE submission (
    token        text        NOT NULL,
    run_name     text        NOT NULL,
    step_name    text        NOT NULL,
    state        text        NOT NULL,
    elements     integer     NOT NULL,
    parallel     integer     NOT NULL,
    external_id  text,
    reason       text,
    prepared_at  timestamptz NOT NULL,
    tried_at     timestamptz,
    submitted_at timestamptz,
    CONSTRAINT submission_pk PRIMARY KEY (token),
    CONSTRAINT submission_token_ck CHECK (token ~ '^[0-9a-f]{32}$'),
    CONSTRAINT submission_state_ck
        CHECK (state IN ('PREPARED', 'SUBMIT_UNKNOWN', 'SUBMITTED', 'REJECTED', 'WITHDRAWN')),
    CONSTRAINT submission_elements_ck CHECK (elements > 0 AND parallel > 0),
    CONSTRAINT submission_tried_ck CHECK (tried_at IS NOT NULL OR state IN ('PREPARED', 'WITHDRAWN')),
    CONSTRAINT submission_submitted_ck
        CHECK ((state = 'SUBMITTED') = (submitted_at IS NOT NULL AND external_id IS NOT NULL))
);
CREATE INDEX submission_run_name_step_name_idx ON submission (run_name, step_name);
COMMENT ON TABLE submission IS 'Scripts handed to an executor; written before the executor is called';
COMMENT ON COLUMN submission.token IS 'random identity, part of the script''s job name';
COMMENT ON COLUMN submission.run_name IS 'name of the run';
COMMENT ON COLUMN submission.step_name IS 'Spring Batch step that asked for the work';
COMMENT ON COLUMN submission.state IS
    'PREPARED: never handed over; SUBMIT_UNKNOWN: handed over, answer not known; SUBMITTED: accepted; REJECTED: refused; WITHDRAWN: will never be handed over';
COMMENT ON COLUMN submission.elements IS 'length of the array';
COMMENT ON COLUMN submission.parallel IS 'how many elements may run at once';
COMMENT ON COLUMN submission.external_id IS 'the executor''s name for it; no identity, Slurm hands ids out again';
COMMENT ON COLUMN submission.reason IS 'why it was refused, or why nothing is known';
COMMENT ON COLUMN submission.prepared_at IS 'when it was decided';
COMMENT ON COLUMN submission.tried_at IS 'when it was last about to be handed over; a quarantine runs from here';
COMMENT ON COLUMN submission.submitted_at IS 'when the acceptance was noted';
