-- Slurm jobs that advance a run when others have ended. Locks: none (new table).
CREATE TABLE follow_up (
    token       text        NOT NULL,
    run_name    text        NOT NULL,
    job_name    text        NOT NULL,
    state       text        NOT NULL,
    after_jobs  text        NOT NULL,
    external_id text,
    reason      text,
    tried_at    timestamptz NOT NULL,
    settled_at  timestamptz,
    CONSTRAINT follow_up_pk PRIMARY KEY (token),
    CONSTRAINT follow_up_token_ck CHECK (token ~ '^[0-9a-f]{32}$'),
    CONSTRAINT follow_up_state_ck CHECK (state IN ('SUBMIT_UNKNOWN', 'SUBMITTED', 'REJECTED', 'OVER')),
    CONSTRAINT follow_up_submitted_ck CHECK (state <> 'SUBMITTED' OR external_id IS NOT NULL)
);
CREATE UNIQUE INDEX follow_up_open_uq ON follow_up (run_name) WHERE state IN ('SUBMIT_UNKNOWN', 'SUBMITTED');
COMMENT ON TABLE follow_up IS 'Slurm jobs that give ''mugv advance'' when others have ended; written before sbatch is called';
COMMENT ON COLUMN follow_up.token IS 'random identity, part of the Slurm job''s name';
COMMENT ON COLUMN follow_up.run_name IS 'name of the run';
COMMENT ON COLUMN follow_up.job_name IS 'Spring Batch job that it advances';
COMMENT ON COLUMN follow_up.state IS
    'SUBMIT_UNKNOWN: handed over, answer not known; SUBMITTED: accepted; REJECTED: refused; OVER: it has begun, ended, or was never there';
COMMENT ON COLUMN follow_up.after_jobs IS 'Slurm jobs whose end it waits for, with commas between';
COMMENT ON COLUMN follow_up.external_id IS 'Slurm''s id; no identity, Slurm hands ids out again';
COMMENT ON COLUMN follow_up.reason IS 'why it was refused, or why nothing is known';
COMMENT ON COLUMN follow_up.tried_at IS 'when sbatch was about to be called';
COMMENT ON COLUMN follow_up.settled_at IS 'when it was refused or found to be over';
