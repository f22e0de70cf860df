-- Source videos of a run with their screening. Locks: none (new table).
CREATE TABLE source_video (
    run_name    text        NOT NULL,
    path        text        NOT NULL,
    sha256      text,
    bytes       bigint      NOT NULL,
    source      text        NOT NULL,
    licence     text        NOT NULL,
    consent     text        NOT NULL,
    allowed_use text        NOT NULL,
    state       text        NOT NULL,
    reason      text        NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT source_video_pk PRIMARY KEY (run_name, path),
    CONSTRAINT source_video_sha256_ck CHECK (sha256 IS NULL OR sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT source_video_admitted_ck CHECK (state <> 'ADMITTED' OR sha256 IS NOT NULL),
    CONSTRAINT source_video_state_ck CHECK (state IN ('ADMITTED', 'REFUSED', 'UNREADABLE', 'COPY', 'DAMAGED'))
);
CREATE INDEX source_video_sha256_idx ON source_video (sha256);
COMMENT ON TABLE source_video IS 'Files of a run''s video folder and whether they may be used';
COMMENT ON COLUMN source_video.run_name IS 'name of the run in its configuration file';
COMMENT ON COLUMN source_video.path IS 'path relative to the video folder';
COMMENT ON COLUMN source_video.sha256 IS 'content hash; null when the file could not be read';
COMMENT ON COLUMN source_video.bytes IS 'file size';
COMMENT ON COLUMN source_video.source IS 'where the file came from, by the screening manifest';
COMMENT ON COLUMN source_video.licence IS 'licence, by the screening manifest';
COMMENT ON COLUMN source_video.consent IS 'consent of the people shown, by the screening manifest';
COMMENT ON COLUMN source_video.allowed_use IS 'AllowedUse: only TRAINING passes screening';
COMMENT ON COLUMN source_video.state IS 'ADMITTED; REFUSED by screening; UNREADABLE file; COPY of another file; DAMAGED: not decodable';
COMMENT ON COLUMN source_video.reason IS 'why it is not ADMITTED, or what was damaged in it';
COMMENT ON COLUMN source_video.recorded_at IS 'when the row was last written';
