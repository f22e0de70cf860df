-- Executions of attempts by the executor, as its witnesses tell them. Locks: none (new table).
CREATE TABLE attempt_run (
    token          text        NOT NULL,
    logical_index  integer     NOT NULL,
    run_number     integer     NOT NULL,
    executor_state text        NOT NULL,
    detail         text        NOT NULL,
    exit_code      integer,
    outcome        text,
    host           text,
    started_at     timestamptz,
    ended_at       timestamptz,
    CONSTRAINT attempt_run_pk PRIMARY KEY (token, logical_index, run_number),
    CONSTRAINT attempt_run_attempt_fk FOREIGN KEY (token, logical_index) REFERENCES attempt (token, logical_index),
    CONSTRAINT attempt_run_executor_state_ck CHECK (executor_state IN (
        'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIME_LIMIT', 'OUT_OF_MEMORY', 'NODE_FAILURE', 'PREEMPTED',
        'LOST', 'UNRECOGNISED')),
    CONSTRAINT attempt_run_outcome_ck CHECK (outcome IN ('SUCCEEDED', 'FAILED', 'STOPPED')),
    CONSTRAINT attempt_run_ended_ck CHECK ((executor_state = 'RUNNING') = (ended_at IS NULL))
);
COMMENT ON TABLE attempt_run IS 'Runs of an attempt; a requeue by the executor adds one and spends no retry';
COMMENT ON COLUMN attempt_run.token IS 'submission';
COMMENT ON COLUMN attempt_run.logical_index IS 'index in its array';
COMMENT ON COLUMN attempt_run.run_number IS 'the executor''s restart count, from 0';
COMMENT ON COLUMN attempt_run.executor_state IS 'RUNNING, or how the executor says that it ended';
COMMENT ON COLUMN attempt_run.detail IS 'the executor''s own words';
COMMENT ON COLUMN attempt_run.exit_code IS 'of the script, where it had one';
COMMENT ON COLUMN attempt_run.outcome IS 'what the worker''s exit record says; absent when it left none';
COMMENT ON COLUMN attempt_run.host IS 'where it ran';
COMMENT ON COLUMN attempt_run.started_at IS 'absent when it never started';
COMMENT ON COLUMN attempt_run.ended_at IS 'absent while it runs';
