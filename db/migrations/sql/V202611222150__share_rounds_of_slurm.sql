-- One poller for all controllers of a database: its rounds, who wants the next one, and every command that was run where
-- Slurm is. Locks: submission exclusively for a moment (columns with constant defaults are not written out).
CREATE TABLE slurm_round (
    number            bigint      GENERATED ALWAYS AS IDENTITY,
    place             text        NOT NULL,
    controller        text        NOT NULL,
    begun_at          timestamptz NOT NULL,
    ended_at          timestamptz NOT NULL,
    queue_answer      text        NOT NULL,
    queue_content     text        NOT NULL,
    accounting_names  text[]      NOT NULL,
    accounting_answer text        NOT NULL,
    accounting_content text       NOT NULL,
    CONSTRAINT slurm_round_pk PRIMARY KEY (number),
    CONSTRAINT slurm_round_queue_answer_ck CHECK (queue_answer IN ('ANSWERED', 'EMPTY', 'NO_ANSWER')),
    CONSTRAINT slurm_round_accounting_answer_ck CHECK (accounting_answer IN ('ANSWERED', 'EMPTY', 'NO_ANSWER'))
);
CREATE INDEX slurm_round_place_number_idx ON slurm_round (place, number);
COMMENT ON TABLE slurm_round IS 'Rounds of questions to Slurm, made by one controller for all; only the newest are kept';
COMMENT ON COLUMN slurm_round.number IS 'order of rounds';
COMMENT ON COLUMN slurm_round.place IS 'cluster and user, for example me@cluster/login1';
COMMENT ON COLUMN slurm_round.controller IS 'who asked: host and process';
COMMENT ON COLUMN slurm_round.begun_at IS 'before anything was asked, by the asking controller''s clock';
COMMENT ON COLUMN slurm_round.ended_at IS 'when the last answer was in';
COMMENT ON COLUMN slurm_round.queue_answer IS 'what squeue came to; no answer is never the same as an empty one';
COMMENT ON COLUMN slurm_round.queue_content IS 'rows as JSON, or why there was no answer';
COMMENT ON COLUMN slurm_round.accounting_names IS 'names that sacct was asked for; nothing is known of others';
COMMENT ON COLUMN slurm_round.accounting_answer IS 'what sacct came to; EMPTY where it was not asked';
COMMENT ON COLUMN slurm_round.accounting_content IS 'rows as JSON, or why there was no answer';

CREATE TABLE slurm_wish (
    place      text        NOT NULL,
    controller text        NOT NULL,
    urgency    text        NOT NULL,
    live       integer     NOT NULL,
    wanted_at  timestamptz NOT NULL,
    CONSTRAINT slurm_wish_pk PRIMARY KEY (place, controller),
    CONSTRAINT slurm_wish_urgency_ck CHECK (urgency IN ('ACTION', 'CHANGE'))
);
COMMENT ON TABLE slurm_wish IS 'Controllers that want a round before its usual time; taken away when the round is made';
COMMENT ON COLUMN slurm_wish.place IS 'cluster and user';
COMMENT ON COLUMN slurm_wish.controller IS 'who wants it: host and process';
COMMENT ON COLUMN slurm_wish.urgency IS 'ACTION: it submitted or stopped something; CHANGE: something ended by another witness';
COMMENT ON COLUMN slurm_wish.live IS 'how many elements it waits for; few are asked for more often';
COMMENT ON COLUMN slurm_wish.wanted_at IS 'when it was said last';

CREATE TABLE remote_call (
    number      bigint      GENERATED ALWAYS AS IDENTITY,
    place       text        NOT NULL,
    controller  text        NOT NULL,
    run_name    text        NOT NULL,
    tool        text        NOT NULL,
    begun_at    timestamptz NOT NULL,
    duration_ms bigint,
    outcome     text        NOT NULL,
    exit_code   integer,
    bytes       bigint,
    reason      text,
    CONSTRAINT remote_call_pk PRIMARY KEY (number),
    CONSTRAINT remote_call_outcome_ck CHECK (outcome IN ('BEGUN', 'ANSWERED', 'EMPTY', 'REFUSED', 'NO_ANSWER')),
    CONSTRAINT remote_call_ended_ck CHECK ((outcome = 'BEGUN') = (duration_ms IS NULL))
);
CREATE INDEX remote_call_place_begun_at_idx ON remote_call (place, begun_at);
COMMENT ON TABLE remote_call IS 'Every command that was run where Slurm is; mugv rpc shows it';
COMMENT ON COLUMN remote_call.number IS 'order of calls';
COMMENT ON COLUMN remote_call.place IS 'where it was run: user and login node, or local';
COMMENT ON COLUMN remote_call.controller IS 'who ran it: host and process';
COMMENT ON COLUMN remote_call.run_name IS 'run that the controller is at work on';
COMMENT ON COLUMN remote_call.tool IS 'program, for example squeue';
COMMENT ON COLUMN remote_call.begun_at IS 'database''s clock';
COMMENT ON COLUMN remote_call.duration_ms IS 'absent while it runs, or when its controller was killed';
COMMENT ON COLUMN remote_call.outcome IS
    'BEGUN; ANSWERED; EMPTY: it said nothing; REFUSED: an exit code other than 0; NO_ANSWER: no end in time, or a lost link';
COMMENT ON COLUMN remote_call.exit_code IS 'of the program, where it ended';
COMMENT ON COLUMN remote_call.bytes IS 'length of its answer';
COMMENT ON COLUMN remote_call.reason IS 'its last words where it did not go well';

ALTER TABLE submission ADD COLUMN place text;
ALTER TABLE submission ADD COLUMN watched_at timestamptz;
ALTER TABLE submission ADD COLUMN refusals integer NOT NULL DEFAULT 0;
ALTER TABLE submission ADD CONSTRAINT submission_refusals_ck CHECK (refusals >= 0);
CREATE INDEX submission_place_idx ON submission (place) WHERE state IN ('SUBMITTED', 'SUBMIT_UNKNOWN');
COMMENT ON COLUMN submission.place IS 'cluster and user that it is handed to, or local; absent in rows from before this column';
COMMENT ON COLUMN submission.watched_at IS 'when a controller last said that it waits for it; nobody asks Slurm for others';
COMMENT ON COLUMN submission.refusals IS 'how often it was refused in words that are not known; after some it is a refusal';
