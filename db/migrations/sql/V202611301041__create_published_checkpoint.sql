-- Checkpoints as they were when they were published. Locks: none (new table).
CREATE TABLE published_checkpoint (
    run_name        text        NOT NULL,
    step_name       text        NOT NULL,
    label           text        NOT NULL,
    task            text        NOT NULL,
    artifact_key    text        NOT NULL,
    manifest_sha256 text        NOT NULL,
    content_sha256  text        NOT NULL,
    workspace       text        NOT NULL,
    published_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT published_checkpoint_pk PRIMARY KEY (run_name, artifact_key, manifest_sha256),
    CONSTRAINT published_checkpoint_key_ck CHECK (artifact_key ~ '^[0-9a-f]{64}$'),
    CONSTRAINT published_checkpoint_manifest_ck CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT published_checkpoint_content_ck CHECK (content_sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX published_checkpoint_content_idx ON published_checkpoint (content_sha256);
CREATE INDEX published_checkpoint_artifact_key_idx ON published_checkpoint (artifact_key);
COMMENT ON TABLE published_checkpoint IS 'Models and VAEs that runs have published; append-only, kept when the files are removed';
COMMENT ON COLUMN published_checkpoint.run_name IS 'name of the run';
COMMENT ON COLUMN published_checkpoint.step_name IS 'Spring Batch step that asked for it';
COMMENT ON COLUMN published_checkpoint.label IS 'which piece of the step';
COMMENT ON COLUMN published_checkpoint.task IS 'TaskKind that made it';
COMMENT ON COLUMN published_checkpoint.artifact_key IS 'hash of everything that decides the result';
COMMENT ON COLUMN published_checkpoint.manifest_sha256 IS 'hash of its manifest, and so of every file';
COMMENT ON COLUMN published_checkpoint.content_sha256 IS 'hash of its weights: equal in two checkpoints that are the same';
COMMENT ON COLUMN published_checkpoint.workspace IS 'absolute path of the workspace that holds it';
COMMENT ON COLUMN published_checkpoint.published_at IS 'when it was noted';
CREATE TRIGGER published_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON published_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
