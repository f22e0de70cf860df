-- Clips that came as latents, without a video. Locks: none (new table).
CREATE TABLE imported_clip (
    run_name        text             NOT NULL,
    clip_id         text             NOT NULL,
    shard           integer          NOT NULL,
    latent_sha256   text             NOT NULL,
    width           integer          NOT NULL,
    height          integer          NOT NULL,
    frames          integer          NOT NULL,
    frames_a_second double precision NOT NULL,
    caption         text             NOT NULL,
    recorded_at     timestamptz      NOT NULL DEFAULT now(),
    CONSTRAINT imported_clip_pk PRIMARY KEY (run_name, clip_id),
    CONSTRAINT imported_clip_shard_ck CHECK (shard >= 0),
    CONSTRAINT imported_clip_latent_sha256_ck CHECK (latent_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT imported_clip_frames_ck CHECK (frames > 0 AND frames_a_second > 0)
);
CREATE INDEX imported_clip_latent_sha256_idx ON imported_clip (latent_sha256);
COMMENT ON TABLE imported_clip IS 'Clips of imported latents: a run trains on them instead of on clips of videos';
COMMENT ON COLUMN imported_clip.run_name IS 'name of the run';
COMMENT ON COLUMN imported_clip.clip_id IS 'the sample''s name in the list that was imported';
COMMENT ON COLUMN imported_clip.shard IS 'place of its shard in the plan of encode-latents, from 0';
COMMENT ON COLUMN imported_clip.latent_sha256 IS 'hash of the file that the latent was imported from';
COMMENT ON COLUMN imported_clip.width IS 'pixels of the video that was encoded';
COMMENT ON COLUMN imported_clip.height IS 'pixels of the video that was encoded';
COMMENT ON COLUMN imported_clip.frames IS 'frames of the video that was encoded, 1 for an image';
COMMENT ON COLUMN imported_clip.frames_a_second IS 'frame rate of the video that was encoded';
COMMENT ON COLUMN imported_clip.caption IS 'caption, or that it is not known';
COMMENT ON COLUMN imported_clip.recorded_at IS 'when the row was written';
