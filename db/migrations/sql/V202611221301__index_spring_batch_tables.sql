-- Spring Batch's own script has no index on its foreign keys; every look-up of a job's history reads along them.
CREATE INDEX batch_job_execution_by_instance ON batch_job_execution (job_instance_id);
CREATE INDEX batch_job_execution_params_by_execution ON batch_job_execution_params (job_execution_id);
CREATE INDEX batch_step_execution_by_execution ON batch_step_execution (job_execution_id);

-- Two launchers that restart the same instance both pass Spring Batch 6's check (spring-batch issue 5397): checking and
-- creating are two transactions. Here the database refuses the second one.
CREATE UNIQUE INDEX one_live_execution ON batch_job_execution (job_instance_id)
    WHERE status IN ('STARTING', 'STARTED', 'STOPPING');
