-- Segments queued early: which attempt holds another, and why such a one was stopped. Locks: attempt exclusively, for as long
-- as it is scanned once; nobody else writes while the controller migrates.
ALTER TABLE attempt ADD COLUMN predecessor_token text;
ALTER TABLE attempt ADD COLUMN predecessor_index integer;
ALTER TABLE attempt ADD CONSTRAINT attempt_predecessor_fk
    FOREIGN KEY (predecessor_token, predecessor_index) REFERENCES attempt (token, logical_index);
ALTER TABLE attempt ADD CONSTRAINT attempt_predecessor_ck
    CHECK ((predecessor_token IS NULL) = (predecessor_index IS NULL));
CREATE UNIQUE INDEX attempt_predecessor_open_uq ON attempt (predecessor_token, predecessor_index) WHERE state = 'OPEN';
ALTER TABLE attempt DROP CONSTRAINT attempt_stop_reason_ck;
ALTER TABLE attempt ADD CONSTRAINT attempt_stop_reason_ck CHECK (
    stop_reason IN ('STOP_REQUESTED', 'NOT_PLANNED', 'HANG', 'CANCELLED', 'RELAYED', 'NOT_NEEDED'));
COMMENT ON COLUMN attempt.predecessor_token IS 'submission of the attempt that holds this one until it has ended; absent otherwise';
COMMENT ON COLUMN attempt.predecessor_index IS 'index of that attempt in its submission''s array';
