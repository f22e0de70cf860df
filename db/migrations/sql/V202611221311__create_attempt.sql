-- Our decisions to try a piece of work, and their verdicts. Locks: none (new table).
CREATE TABLE attempt (
    token            text        NOT NULL,
    logical_index    integer     NOT NULL,
    run_name         text        NOT NULL,
    step_name        text        NOT NULL,
    job_execution_id bigint      NOT NULL,
    label            text        NOT NULL,
    task             text        NOT NULL,
    artifact_key     text        NOT NULL,
    number           integer     NOT NULL,
    memory_mebibytes integer     NOT NULL,
    state            text        NOT NULL DEFAULT 'OPEN',
    stop_reason      text,
    failure_class    text,
    message          text,
    manifest_sha256  text,
    created_at       timestamptz NOT NULL,
    decided_at       timestamptz,
    CONSTRAINT attempt_pk PRIMARY KEY (token, logical_index),
    CONSTRAINT attempt_submission_fk FOREIGN KEY (token) REFERENCES submission (token),
    CONSTRAINT attempt_number_uq UNIQUE (run_name, step_name, artifact_key, number),
    CONSTRAINT attempt_key_ck CHECK (artifact_key ~ '^[0-9a-f]{64}$'),
    CONSTRAINT attempt_state_ck CHECK (state IN ('OPEN', 'SUCCEEDED', 'FAILED', 'STOPPED', 'SUSPECT')),
    CONSTRAINT attempt_stop_reason_ck CHECK (stop_reason IN ('STOP_REQUESTED', 'NOT_PLANNED', 'HANG')),
    CONSTRAINT attempt_failure_class_ck CHECK (failure_class IN (
        'BAD_INPUT', 'TRANSIENT', 'RESOURCE_EXHAUSTED', 'CORRUPT', 'DIVERGED', 'DEFECT', 'OUT_OF_MEMORY', 'TIME_LIMIT',
        'NODE_FAILURE', 'PREEMPTED', 'CANCELLED', 'KILLED', 'HANG', 'LOST', 'REJECTED', 'SUSPECT')),
    CONSTRAINT attempt_decided_ck CHECK ((state = 'OPEN') = (decided_at IS NULL)),
    CONSTRAINT attempt_failed_ck CHECK ((state IN ('FAILED', 'SUSPECT')) = (failure_class IS NOT NULL)),
    CONSTRAINT attempt_succeeded_ck CHECK ((state = 'SUCCEEDED') = (manifest_sha256 IS NOT NULL))
);
CREATE INDEX attempt_run_name_step_name_idx ON attempt (run_name, step_name);
CREATE INDEX attempt_artifact_key_idx ON attempt (artifact_key);
CREATE INDEX attempt_open_idx ON attempt (token) WHERE state = 'OPEN';
COMMENT ON TABLE attempt IS 'Tries of pieces of work; identity (token, logical index)';
COMMENT ON COLUMN attempt.token IS 'submission that it is part of';
COMMENT ON COLUMN attempt.logical_index IS 'index in the submission''s array, from 0';
COMMENT ON COLUMN attempt.run_name IS 'name of the run';
COMMENT ON COLUMN attempt.step_name IS 'Spring Batch step that asked for the work';
COMMENT ON COLUMN attempt.job_execution_id IS 'Spring Batch job execution that decided to try; retries are counted within it';
COMMENT ON COLUMN attempt.label IS 'which piece of the step, for example a video''s path';
COMMENT ON COLUMN attempt.task IS 'TaskKind';
COMMENT ON COLUMN attempt.artifact_key IS 'hash of everything that decides the result';
COMMENT ON COLUMN attempt.number IS 'how often this piece has been tried, from 1';
COMMENT ON COLUMN attempt.memory_mebibytes IS 'memory asked for';
COMMENT ON COLUMN attempt.state IS
    'OPEN: no verdict yet; SUCCEEDED: three witnesses agree; FAILED; STOPPED: at our wish, no retry spent; SUSPECT: witnesses disagree';
COMMENT ON COLUMN attempt.stop_reason IS 'why we asked it to stop, if we did';
COMMENT ON COLUMN attempt.failure_class IS 'FailureClass, which decides about a retry';
COMMENT ON COLUMN attempt.message IS 'the failure in full; for SUSPECT the three facts';
COMMENT ON COLUMN attempt.manifest_sha256 IS 'hash of the published manifest';
COMMENT ON COLUMN attempt.created_at IS 'when it was decided to try';
COMMENT ON COLUMN attempt.decided_at IS 'when the verdict was noted';
