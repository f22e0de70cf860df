-- Clips cut from videos, their scores and the pieces that were too short to be clips. Locks: none (new tables).
CREATE TABLE clip (
    clip_id         text             NOT NULL,
    video_sha256    text             NOT NULL,
    first_frame     integer          NOT NULL,
    end_frame       integer          NOT NULL,
    frames_a_second double precision NOT NULL,
    width           integer          NOT NULL,
    height          integer          NOT NULL,
    entry_frame     integer          NOT NULL,
    entry_timestamp bigint           NOT NULL,
    curation_key    text             NOT NULL,
    recorded_at     timestamptz      NOT NULL DEFAULT now(),
    CONSTRAINT clip_pk PRIMARY KEY (clip_id),
    CONSTRAINT clip_id_ck CHECK (clip_id ~ '^[0-9a-f]{16}$'),
    CONSTRAINT clip_frames_ck CHECK (entry_frame >= 0 AND first_frame >= entry_frame AND end_frame > first_frame),
    CONSTRAINT clip_frames_a_second_ck CHECK (frames_a_second > 0)
);
CREATE INDEX clip_video_sha256_idx ON clip (video_sha256);
COMMENT ON TABLE clip IS 'Pieces of videos within one shot; a clip is a range of frames, not a file';
COMMENT ON COLUMN clip.clip_id IS 'first 16 hexadecimal digits of the SHA-256 of <video>:<first>-<end>';
COMMENT ON COLUMN clip.video_sha256 IS 'content hash of the source video';
COMMENT ON COLUMN clip.first_frame IS '0-based index of the first frame in presentation order';
COMMENT ON COLUMN clip.end_frame IS 'index after the last frame';
COMMENT ON COLUMN clip.frames_a_second IS 'frame rate of the source video';
COMMENT ON COLUMN clip.width IS 'pixels of the source video';
COMMENT ON COLUMN clip.height IS 'pixels of the source video';
COMMENT ON COLUMN clip.entry_frame IS 'index of the key frame from which decoding may start, 0 for the first';
COMMENT ON COLUMN clip.entry_timestamp IS 'time stamp of that key frame in the stream''s time base';
COMMENT ON COLUMN clip.curation_key IS 'artifact key of the curate-video work that last measured it';
COMMENT ON COLUMN clip.recorded_at IS 'when the row was last written';

CREATE TABLE clip_score (
    clip_id text             NOT NULL,
    name    text             NOT NULL,
    value   double precision NOT NULL,
    CONSTRAINT clip_score_pk PRIMARY KEY (clip_id, name),
    CONSTRAINT clip_score_clip_fk FOREIGN KEY (clip_id) REFERENCES clip ON DELETE CASCADE,
    CONSTRAINT clip_score_value_ck CHECK (value <> 'NaN'::double precision)
);
CREATE INDEX clip_score_name_value_idx ON clip_score (name, value);
COMMENT ON TABLE clip_score IS 'Every measured score of a clip; filters are thresholds over these rows';
COMMENT ON COLUMN clip_score.clip_id IS 'the clip measured';
COMMENT ON COLUMN clip_score.name IS 'what was measured, for example sharpness';
COMMENT ON COLUMN clip_score.value IS 'finite value, unit by name';

CREATE TABLE rejected_piece (
    video_sha256 text    NOT NULL,
    first_frame  integer NOT NULL,
    end_frame    integer NOT NULL,
    reason       text    NOT NULL,
    CONSTRAINT rejected_piece_pk PRIMARY KEY (video_sha256, first_frame, end_frame)
);
COMMENT ON TABLE rejected_piece IS 'Parts of videos that never became a clip';
COMMENT ON COLUMN rejected_piece.video_sha256 IS 'content hash of the source video';
COMMENT ON COLUMN rejected_piece.first_frame IS '0-based index of the first frame';
COMMENT ON COLUMN rejected_piece.end_frame IS 'index after the last frame';
COMMENT ON COLUMN rejected_piece.reason IS 'for example that the shot is shorter than a clip may be';
