-- Wishes to stop a run, read by the controller that runs it. Locks: none (new table).
CREATE TABLE stop_request (
    run_name     text        NOT NULL,
    workspace    text        NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stop_request_pk PRIMARY KEY (run_name, workspace)
);
COMMENT ON TABLE stop_request IS 'Runs that are asked to stop; a row is removed when a controller starts or has stopped';
COMMENT ON COLUMN stop_request.run_name IS 'name of the run';
COMMENT ON COLUMN stop_request.workspace IS 'absolute path of its workspace';
COMMENT ON COLUMN stop_request.requested_at IS 'when it was asked for';
