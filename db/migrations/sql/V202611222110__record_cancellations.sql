-- Who cancelled an attempt by 'mugv cancel', when and why. Locks: attempt exclusively, for as long as it is scanned once;
-- nobody else writes while the controller migrates.
ALTER TABLE attempt ADD COLUMN cancelled_by text;
ALTER TABLE attempt ADD COLUMN cancelled_at timestamptz;
ALTER TABLE attempt ADD COLUMN cancel_note text;
ALTER TABLE attempt DROP CONSTRAINT attempt_stop_reason_ck;
ALTER TABLE attempt ADD CONSTRAINT attempt_stop_reason_ck
    CHECK (stop_reason IN ('STOP_REQUESTED', 'NOT_PLANNED', 'HANG', 'CANCELLED'));
ALTER TABLE attempt ADD CONSTRAINT attempt_cancelled_ck CHECK (
    (cancelled_by IS NULL) = (cancelled_at IS NULL) AND (stop_reason IS DISTINCT FROM 'CANCELLED' OR cancelled_by IS NOT NULL));
COMMENT ON COLUMN attempt.cancelled_by IS 'user and host of who gave ''mugv cancel''; absent otherwise';
COMMENT ON COLUMN attempt.cancelled_at IS 'when it was given';
COMMENT ON COLUMN attempt.cancel_note IS 'why, in their words';
