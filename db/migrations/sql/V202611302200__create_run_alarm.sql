-- What a person must not miss about a run's last evaluation. Locks: none (new table).
CREATE TABLE run_alarm (
    run_name text        NOT NULL,
    position integer     NOT NULL,
    message  text        NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT run_alarm_pk PRIMARY KEY (run_name, position),
    CONSTRAINT run_alarm_position_ck CHECK (position >= 0),
    CONSTRAINT run_alarm_message_ck CHECK (message <> '')
);
COMMENT ON TABLE run_alarm IS 'Alarms of a run''s last report: what alignment moved that nobody asked for';
COMMENT ON COLUMN run_alarm.run_name IS 'name of the run';
COMMENT ON COLUMN run_alarm.position IS 'place among the alarms of the run, from 0';
COMMENT ON COLUMN run_alarm.message IS 'the alarm, a sentence';
COMMENT ON COLUMN run_alarm.noted_at IS 'when the report that gave it was written';
