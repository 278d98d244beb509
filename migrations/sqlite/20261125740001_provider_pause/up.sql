-- A provider that answers with Retry-After is left alone until then, by all jobs and all processes.
ALTER TABLE "ai_provider" ADD COLUMN "paused_until" TEXT;
