-- The queue's own questions, each with an index of just the jobs it is about: what is due next, whose lease runs out,
-- what a provider is doing, what began and ended in the last minute. The one on all states is not needed beside them.
DROP INDEX "ai_job__state_index";
DROP INDEX "ai_job__eta_index";
CREATE INDEX "ai_job_unfinished_index" ON "ai_job" (state) WHERE state <> 'done';
CREATE INDEX "ai_job_due_index" ON "ai_job" (priority, eta, id) WHERE state = 'pending';
CREATE INDEX "ai_job_next_index" ON "ai_job" (eta) WHERE state = 'pending';
CREATE INDEX "ai_job_lease_index" ON "ai_job" (lease_until) WHERE state = 'started';
CREATE INDEX "ai_job_running_index" ON "ai_job" (provider_id) WHERE state = 'started';
CREATE INDEX "ai_job_started_index" ON "ai_job" (date_started);
CREATE INDEX "ai_job_done_index" ON "ai_job" (date_done);
-- A webhook's address and its secret, sealed.
ALTER TABLE "ai_project_stage" ADD COLUMN "webhook_url" varchar;
ALTER TABLE "ai_project_stage" ADD COLUMN "webhook_secret_sealed" varchar;
