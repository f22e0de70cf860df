-- A run that the executor itself ended and put back into its queue. Locks: attempt_run exclusively, for as long as it is
-- scanned once; nobody else writes while the controller migrates.
ALTER TABLE attempt_run DROP CONSTRAINT attempt_run_executor_state_ck;
ALTER TABLE attempt_run ADD CONSTRAINT attempt_run_executor_state_ck CHECK (executor_state IN (
    'RUNNING', 'REQUEUED', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIME_LIMIT', 'OUT_OF_MEMORY', 'NODE_FAILURE', 'PREEMPTED',
    'LOST', 'UNRECOGNISED'));
COMMENT ON COLUMN attempt_run.executor_state IS
    'RUNNING, REQUEUED (ended by the executor, a later run follows), or how the executor says that it ended';
