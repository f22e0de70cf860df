-- What people keep, and what 'mugv gc' has removed. Locks: none (new tables).
CREATE TABLE pinned_artifact (
    artifact_key text        NOT NULL,
    pinned_by    text        NOT NULL,
    note         text        NOT NULL,
    pinned_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pinned_artifact_pk PRIMARY KEY (artifact_key),
    CONSTRAINT pinned_artifact_key_ck CHECK (artifact_key ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE pinned_artifact IS 'Artifacts that are kept with all their ancestors, whatever a run still needs';
COMMENT ON COLUMN pinned_artifact.artifact_key IS 'hash of everything that decides the result';
COMMENT ON COLUMN pinned_artifact.pinned_by IS 'user and host';
COMMENT ON COLUMN pinned_artifact.note IS 'why, in their words; empty when they gave none';
COMMENT ON COLUMN pinned_artifact.pinned_at IS 'when';

CREATE TABLE removed_artifact (
    artifact_key    text        NOT NULL,
    workspace       text        NOT NULL,
    task            text        NOT NULL,
    manifest_sha256 text        NOT NULL,
    files           integer     NOT NULL,
    bytes           bigint      NOT NULL,
    removed_by      text        NOT NULL,
    removed_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT removed_artifact_pk PRIMARY KEY (artifact_key, workspace, removed_at),
    CONSTRAINT removed_artifact_key_ck CHECK (artifact_key ~ '^[0-9a-f]{64}$'),
    CONSTRAINT removed_artifact_manifest_ck CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT removed_artifact_size_ck CHECK (files >= 0 AND bytes >= 0)
);
COMMENT ON TABLE removed_artifact IS 'Artifacts whose files were removed by retention; append-only';
COMMENT ON COLUMN removed_artifact.artifact_key IS 'hash of everything that decides the result';
COMMENT ON COLUMN removed_artifact.workspace IS 'absolute path of the workspace that held it';
COMMENT ON COLUMN removed_artifact.task IS 'TaskKind that made it';
COMMENT ON COLUMN removed_artifact.manifest_sha256 IS 'hash of its manifest, and so of every file';
COMMENT ON COLUMN removed_artifact.files IS 'how many files it had';
COMMENT ON COLUMN removed_artifact.bytes IS 'how many bytes they had';
COMMENT ON COLUMN removed_artifact.removed_by IS 'user and host';
COMMENT ON COLUMN removed_artifact.removed_at IS 'when';
CREATE TRIGGER removed_artifact_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON removed_artifact
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
