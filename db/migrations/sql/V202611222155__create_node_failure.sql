-- Which nodes failed our work, and which of them a person has readmitted. Locks: none (new tables).
CREATE TABLE node_failure (
    place         text        NOT NULL,
    node          text        NOT NULL,
    kind          text        NOT NULL,
    failed_at     timestamptz NOT NULL,
    token         text        NOT NULL,
    logical_index integer     NOT NULL,
    run_number    integer     NOT NULL,
    detail        text        NOT NULL,
    CONSTRAINT node_failure_pk PRIMARY KEY (token, logical_index, run_number),
    CONSTRAINT node_failure_attempt_fk FOREIGN KEY (token, logical_index) REFERENCES attempt (token, logical_index),
    CONSTRAINT node_failure_kind_ck CHECK (kind IN ('NODE_FAILURE', 'HANG'))
);
CREATE INDEX node_failure_place_node_idx ON node_failure (place, node, failed_at);
COMMENT ON TABLE node_failure IS 'Runs that a node is to blame for; one that fails twice within a time is excluded for a while';
COMMENT ON COLUMN node_failure.place IS 'cluster and user, for example me@cluster/login1';
COMMENT ON COLUMN node_failure.node IS 'as Slurm calls it';
COMMENT ON COLUMN node_failure.kind IS 'NODE_FAILURE: it went away, or could not start the script; HANG: no progress there';
COMMENT ON COLUMN node_failure.failed_at IS 'end of the run';
COMMENT ON COLUMN node_failure.token IS 'submission';
COMMENT ON COLUMN node_failure.logical_index IS 'index in its array';
COMMENT ON COLUMN node_failure.run_number IS 'the executor''s restart count, from 0';
COMMENT ON COLUMN node_failure.detail IS 'the executor''s own words, with the Slurm job';

CREATE TABLE node_readmission (
    place         text        NOT NULL,
    node          text        NOT NULL,
    readmitted_at timestamptz NOT NULL,
    CONSTRAINT node_readmission_pk PRIMARY KEY (place, node)
);
COMMENT ON TABLE node_readmission IS 'Nodes whose earlier failures no longer count, by a person''s word';
COMMENT ON COLUMN node_readmission.place IS 'cluster and user';
COMMENT ON COLUMN node_readmission.node IS 'as Slurm calls it';
COMMENT ON COLUMN node_readmission.readmitted_at IS 'failures before this do not count';
