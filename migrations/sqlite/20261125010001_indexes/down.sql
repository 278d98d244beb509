DROP INDEX "project_task_order_index";
DROP INDEX "project_task_project_order_index";
DROP INDEX "mail_message_model_res_id_index";
DROP INDEX "ir_attachment_res_index";
