-- The dialog of decisions at a gate.
CREATE TABLE "ai_project_decision" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_project_decision_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_project_decision_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "project_id" INTEGER CONSTRAINT "ai_project_decision_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "task_id" INTEGER CONSTRAINT "ai_project_decision_task_id_fkey" REFERENCES "project_task" (id) ON DELETE CASCADE,
  "decision" TEXT NOT NULL,
  "feedback" TEXT
);
CREATE TABLE "ai_project_decision_project_task_rel" (
  "ai_project_decision_id" INTEGER NOT NULL CONSTRAINT "ai_project_decision_project_task_rel_ai_project_decision_id_fkey" REFERENCES "ai_project_decision" (id) ON DELETE CASCADE,
  "project_task_id" INTEGER NOT NULL CONSTRAINT "ai_project_decision_project_task_rel_project_task_id_fkey" REFERENCES "project_task" (id) ON DELETE CASCADE,
  PRIMARY KEY ("ai_project_decision_id", "project_task_id")
);
CREATE INDEX "ai_project_decision_project_task_rel_project_task_id_ai_project_decision_id_idx" ON "ai_project_decision_project_task_rel" ("project_task_id", "ai_project_decision_id");
