-- What a run waits for people to label. Locks: none (new table).
CREATE TABLE label_request (
    run_name  text        NOT NULL,
    workspace text        NOT NULL,
    step_name text        NOT NULL,
    batch_id  text        NOT NULL,
    asked_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT label_request_pk PRIMARY KEY (run_name, workspace, step_name, batch_id),
    CONSTRAINT label_request_batch_fk FOREIGN KEY (batch_id) REFERENCES label_batch
);
CREATE INDEX label_request_batch_id_idx ON label_request (batch_id);
COMMENT ON TABLE label_request IS 'Batches of labels that a step of a run needs and did not find complete; replaced whenever the step runs';
COMMENT ON COLUMN label_request.run_name IS 'name of the run';
COMMENT ON COLUMN label_request.workspace IS 'workspace of the run that waits';
COMMENT ON COLUMN label_request.step_name IS 'step that waits';
COMMENT ON COLUMN label_request.batch_id IS 'batch that it waits for';
COMMENT ON COLUMN label_request.asked_at IS 'when the step found it incomplete for the first time since it last went on';
