DROP INDEX "ai_job_unfinished_index";
DROP INDEX "ai_job_due_index";
DROP INDEX "ai_job_next_index";
DROP INDEX "ai_job_lease_index";
DROP INDEX "ai_job_running_index";
DROP INDEX "ai_job_started_index";
DROP INDEX "ai_job_done_index";
CREATE INDEX "ai_job__state_index" ON "ai_job" ("state");
CREATE INDEX "ai_job__eta_index" ON "ai_job" ("eta");
