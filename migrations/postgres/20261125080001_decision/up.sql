-- The dialog of decisions at a gate.
CREATE TABLE "ai_project_decision" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "project_id" int4,
  "task_id" int4,
  "decision" varchar NOT NULL,
  "feedback" varchar
);
CREATE TABLE "ai_project_decision_project_task_rel" (
  "ai_project_decision_id" int4 NOT NULL,
  "project_task_id" int4 NOT NULL,
  PRIMARY KEY ("ai_project_decision_id", "project_task_id")
);
ALTER TABLE "ai_project_decision" ADD CONSTRAINT "ai_project_decision_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_decision" ADD CONSTRAINT "ai_project_decision_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_decision" ADD CONSTRAINT "ai_project_decision_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "ai_project_decision" ADD CONSTRAINT "ai_project_decision_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "project_task" (id) ON DELETE CASCADE;
ALTER TABLE "ai_project_decision_project_task_rel" ADD CONSTRAINT "ai_project_decision_project_task_rel_ai_project_decision_id_fkey" FOREIGN KEY ("ai_project_decision_id") REFERENCES "ai_project_decision" (id) ON DELETE CASCADE;
ALTER TABLE "ai_project_decision_project_task_rel" ADD CONSTRAINT "ai_project_decision_project_task_rel_project_task_id_fkey" FOREIGN KEY ("project_task_id") REFERENCES "project_task" (id) ON DELETE CASCADE;
CREATE INDEX "ai_project_decision_project_task_rel_project_task_id_ai_project_decision_id_idx" ON "ai_project_decision_project_task_rel" ("project_task_id", "ai_project_decision_id");
