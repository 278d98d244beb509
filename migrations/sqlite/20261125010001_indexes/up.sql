-- The default order of tasks, over all and within a project: a page costs what the page holds.
CREATE INDEX "project_task_order_index" ON "project_task" (priority DESC, sequence, date_deadline, id DESC);
CREATE INDEX "project_task_project_order_index" ON "project_task" (project_id, priority DESC, sequence, date_deadline, id DESC);
CREATE INDEX "mail_message_model_res_id_index" ON "mail_message" (model, res_id, id);
CREATE INDEX "ir_attachment_res_index" ON "ir_attachment" (res_model, res_id);
