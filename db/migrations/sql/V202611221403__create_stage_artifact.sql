-- Which published artifacts make up each stage of a run, and its figures. Locks: none (new tables).
CREATE TABLE stage_artifact (
    run_name        text        NOT NULL,
    stage           text        NOT NULL,
    label           text        NOT NULL,
    task            text        NOT NULL,
    artifact_key    text        NOT NULL,
    manifest_sha256 text        NOT NULL,
    position        integer     NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stage_artifact_pk PRIMARY KEY (run_name, stage, label),
    CONSTRAINT stage_artifact_key_ck CHECK (artifact_key ~ '^[0-9a-f]{64}$'),
    CONSTRAINT stage_artifact_manifest_ck CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX stage_artifact_artifact_key_idx ON stage_artifact (artifact_key);
COMMENT ON TABLE stage_artifact IS 'Artifacts that a run''s stages consist of now; what later stages read';
COMMENT ON COLUMN stage_artifact.run_name IS 'name of the run';
COMMENT ON COLUMN stage_artifact.stage IS 'Spring Batch step that asked for the work';
COMMENT ON COLUMN stage_artifact.label IS 'which piece of the stage, for example a video''s path';
COMMENT ON COLUMN stage_artifact.task IS 'TaskKind that made it';
COMMENT ON COLUMN stage_artifact.artifact_key IS 'hash of everything that decides the result';
COMMENT ON COLUMN stage_artifact.manifest_sha256 IS 'hash of the artifact''s manifest';
COMMENT ON COLUMN stage_artifact.position IS 'place in the stage''s plan, from 0';
COMMENT ON COLUMN stage_artifact.recorded_at IS 'when the row was last written';

CREATE TABLE stage_figure (
    run_name    text             NOT NULL,
    stage       text             NOT NULL,
    name        text             NOT NULL,
    value       double precision NOT NULL,
    recorded_at timestamptz      NOT NULL DEFAULT now(),
    CONSTRAINT stage_figure_pk PRIMARY KEY (run_name, stage, name),
    CONSTRAINT stage_figure_value_ck CHECK (value <> 'NaN'::double precision)
);
COMMENT ON TABLE stage_figure IS 'Numbers of a stage shown in summary and report: losses, scores, counts';
COMMENT ON COLUMN stage_figure.run_name IS 'name of the run';
COMMENT ON COLUMN stage_figure.stage IS 'Spring Batch step';
COMMENT ON COLUMN stage_figure.name IS 'what the number is, for example last-validation-loss';
COMMENT ON COLUMN stage_figure.value IS 'finite value';
COMMENT ON COLUMN stage_figure.recorded_at IS 'when the row was last written';
