DROP TABLE "ai_project_decision_project_task_rel";
DROP TABLE "ai_project_decision";
