DROP TABLE "ai_project_decision_project_task_rel" CASCADE;
DROP TABLE "ai_project_decision" CASCADE;
