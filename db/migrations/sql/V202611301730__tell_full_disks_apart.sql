-- A full file system is a failure class of its own: it is not mended by more memory. Locks: attempt exclusively, for as long as
-- it is scanned once; nobody else writes while the controller migrates.
ALTER TABLE attempt DROP CONSTRAINT attempt_failure_class_ck;
ALTER TABLE attempt ADD CONSTRAINT attempt_failure_class_ck CHECK (failure_class IN (
    'BAD_INPUT', 'TRANSIENT', 'RESOURCE_EXHAUSTED', 'DISK_FULL', 'CORRUPT', 'DIVERGED', 'DEFECT', 'OUT_OF_MEMORY', 'TIME_LIMIT',
    'NODE_FAILURE', 'PREEMPTED', 'CANCELLED', 'KILLED', 'HANG', 'LOST', 'REJECTED', 'SUSPECT'));
