CREATE TABLE "ir_act_url" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_act_url_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_act_url_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "path" TEXT,
  "help" TEXT,
  "binding_model_id" INTEGER CONSTRAINT "ir_act_url_binding_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "binding_type" TEXT NOT NULL,
  "binding_view_types" TEXT,
  "url" TEXT NOT NULL,
  "target" TEXT NOT NULL,
  CONSTRAINT "ir_act_url_path_unique" UNIQUE (path)
);
CREATE TABLE "ir_act_window" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_act_window_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_act_window_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "binding_model_id" INTEGER CONSTRAINT "ir_act_window_binding_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "binding_type" TEXT NOT NULL,
  "binding_view_types" TEXT,
  "context" TEXT NOT NULL,
  "domain" TEXT,
  "filter" INTEGER,
  "help" TEXT,
  "limit" INTEGER,
  "mobile_view_mode" TEXT,
  "name" TEXT NOT NULL,
  "path" TEXT,
  "res_id" INTEGER,
  "res_model" TEXT NOT NULL,
  "search_view_id" INTEGER CONSTRAINT "ir_act_window_search_view_id_fkey" REFERENCES "ir_ui_view" (id) ON DELETE SET NULL,
  "target" TEXT,
  "type" TEXT NOT NULL,
  "usage" TEXT,
  "view_id" INTEGER CONSTRAINT "ir_act_window_view_id_fkey" REFERENCES "ir_ui_view" (id) ON DELETE SET NULL,
  "view_mode" TEXT NOT NULL,
  CONSTRAINT "ir_act_window_path_unique" unique(path)
);
CREATE TABLE "ir_act_window_view" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_act_window_view_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_act_window_view_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "sequence" INTEGER,
  "view_id" INTEGER CONSTRAINT "ir_act_window_view_view_id_fkey" REFERENCES "ir_ui_view" (id) ON DELETE SET NULL,
  "view_mode" TEXT NOT NULL,
  "act_window_id" INTEGER CONSTRAINT "ir_act_window_view_act_window_id_fkey" REFERENCES "ir_act_window" (id) ON DELETE CASCADE,
  "multi" INTEGER
);
CREATE TABLE "ir_actions_act_window_close" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_actions_act_window_close_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_actions_act_window_close_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "path" TEXT,
  "help" TEXT,
  "binding_model_id" INTEGER CONSTRAINT "ir_actions_act_window_close_binding_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "binding_type" TEXT NOT NULL,
  "binding_view_types" TEXT
);
CREATE TABLE "ir_actions" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_actions_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_actions_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "path" TEXT,
  "help" TEXT,
  "binding_model_id" INTEGER CONSTRAINT "ir_actions_binding_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "binding_type" TEXT NOT NULL,
  "binding_view_types" TEXT,
  CONSTRAINT "ir_actions_path_unique" UNIQUE (path)
);
CREATE TABLE "ir_act_client" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_act_client_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_act_client_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "path" TEXT,
  "help" TEXT,
  "binding_model_id" INTEGER CONSTRAINT "ir_act_client_binding_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "binding_type" TEXT NOT NULL,
  "binding_view_types" TEXT,
  "tag" TEXT NOT NULL,
  "target" TEXT,
  "res_model" TEXT,
  "context" TEXT NOT NULL,
  CONSTRAINT "ir_act_client_path_unique" UNIQUE (path)
);
CREATE TABLE "ir_act_report_xml" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_act_report_xml_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_act_report_xml_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "path" TEXT,
  "help" TEXT,
  "binding_model_id" INTEGER CONSTRAINT "ir_act_report_xml_binding_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "binding_type" TEXT NOT NULL,
  "binding_view_types" TEXT,
  "model" TEXT NOT NULL,
  "report_type" TEXT NOT NULL,
  "report_name" TEXT NOT NULL,
  "report_file" TEXT,
  "multi" INTEGER,
  "paperformat_id" INTEGER CONSTRAINT "ir_act_report_xml_paperformat_id_fkey" REFERENCES "report_paperformat" (id) ON DELETE SET NULL,
  "print_report_name" TEXT,
  "attachment_use" INTEGER,
  "attachment" TEXT,
  "domain" TEXT
);
CREATE TABLE "ir_act_server" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_act_server_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_act_server_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "binding_model_id" INTEGER CONSTRAINT "ir_act_server_binding_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "binding_type" TEXT NOT NULL,
  "binding_view_types" TEXT,
  "code" TEXT,
  "crud_model_id" INTEGER CONSTRAINT "ir_act_server_crud_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE SET NULL,
  "evaluation_type" TEXT,
  "help" TEXT,
  "link_field_id" INTEGER CONSTRAINT "ir_act_server_link_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE SET NULL,
  "model_id" INTEGER NOT NULL CONSTRAINT "ir_act_server_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "model_name" TEXT,
  "name" TEXT NOT NULL,
  "path" TEXT,
  "resource_ref" TEXT,
  "selection_value" INTEGER CONSTRAINT "ir_act_server_selection_value_fkey" REFERENCES "ir_model_fields_selection" (id) ON DELETE CASCADE,
  "sequence" INTEGER,
  "state" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "update_boolean_value" TEXT,
  "update_field_id" INTEGER CONSTRAINT "ir_act_server_update_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  "update_m2m_operation" TEXT,
  "update_path" TEXT,
  "update_related_model_id" INTEGER CONSTRAINT "ir_act_server_update_related_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE SET NULL,
  "usage" TEXT NOT NULL,
  "value" TEXT,
  "webhook_url" TEXT,
  "activity_date_deadline_range" INTEGER,
  "activity_date_deadline_range_type" TEXT,
  "activity_note" TEXT,
  "activity_summary" TEXT,
  "activity_type_id" INTEGER CONSTRAINT "ir_act_server_activity_type_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE RESTRICT,
  "activity_user_field_name" TEXT,
  "activity_user_id" INTEGER CONSTRAINT "ir_act_server_activity_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "activity_user_type" TEXT,
  "mail_post_autofollow" INTEGER,
  "mail_post_method" TEXT,
  "template_id" INTEGER CONSTRAINT "ir_act_server_template_id_fkey" REFERENCES "mail_template" (id) ON DELETE SET NULL,
  CONSTRAINT "ir_act_server_path_unique" unique(path)
);
CREATE TABLE "ir_actions_todo" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_actions_todo_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_actions_todo_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "action_id" INTEGER NOT NULL CONSTRAINT "ir_actions_todo_action_id_fkey" REFERENCES "ir_actions" (id) ON DELETE CASCADE,
  "sequence" INTEGER,
  "state" TEXT NOT NULL,
  "name" TEXT
);
CREATE TABLE "ir_attachment" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_attachment_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_attachment_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "access_token" TEXT,
  "checksum" TEXT,
  "company_id" INTEGER CONSTRAINT "ir_attachment_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "db_datas" BLOB,
  "description" TEXT,
  "file_size" INTEGER,
  "index_content" TEXT,
  "mimetype" TEXT,
  "name" TEXT NOT NULL,
  "public" INTEGER,
  "res_field" TEXT,
  "res_id" INTEGER,
  "res_model" TEXT,
  "store_fname" TEXT,
  "type" TEXT NOT NULL,
  "url" TEXT
);
CREATE TABLE "ir_config_parameter" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_config_parameter_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_config_parameter_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "key" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  CONSTRAINT "ir_config_parameter_key_uniq" unique (key)
);
CREATE TABLE "ir_cron" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_cron_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_cron_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "cron_name" TEXT,
  "failure_count" INTEGER,
  "first_failure_date" TEXT,
  "interval_number" INTEGER NOT NULL,
  "interval_type" TEXT NOT NULL,
  "ir_actions_server_id" INTEGER NOT NULL CONSTRAINT "ir_cron_ir_actions_server_id_fkey" REFERENCES "ir_act_server" (id) ON DELETE RESTRICT,
  "lastcall" TEXT,
  "nextcall" TEXT NOT NULL,
  "priority" INTEGER,
  "user_id" INTEGER NOT NULL CONSTRAINT "ir_cron_user_id_fkey" REFERENCES "res_users" (id) ON DELETE RESTRICT,
  CONSTRAINT "ir_cron_check_strictly_positive_interval" CHECK(interval_number > 0)
);
CREATE TABLE "ir_default" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_default_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_default_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "field_id" INTEGER NOT NULL CONSTRAINT "ir_default_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  "user_id" INTEGER CONSTRAINT "ir_default_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  "company_id" INTEGER CONSTRAINT "ir_default_company_id_fkey" REFERENCES "res_company" (id) ON DELETE CASCADE,
  "condition" TEXT,
  "json_value" TEXT NOT NULL
);
CREATE TABLE "ir_embedded_actions" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_embedded_actions_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_embedded_actions_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT,
  "sequence" INTEGER,
  "parent_action_id" INTEGER NOT NULL CONSTRAINT "ir_embedded_actions_parent_action_id_fkey" REFERENCES "ir_act_window" (id) ON DELETE CASCADE,
  "parent_res_id" INTEGER,
  "parent_res_model" TEXT NOT NULL,
  "action_id" INTEGER CONSTRAINT "ir_embedded_actions_action_id_fkey" REFERENCES "ir_actions" (id) ON DELETE CASCADE,
  "python_method" TEXT,
  "user_id" INTEGER CONSTRAINT "ir_embedded_actions_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  "default_view_mode" TEXT,
  "domain" TEXT,
  "context" TEXT
);
CREATE TABLE "ir_exports_line" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_exports_line_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_exports_line_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT,
  "export_id" INTEGER CONSTRAINT "ir_exports_line_export_id_fkey" REFERENCES "ir_exports" (id) ON DELETE CASCADE
);
CREATE TABLE "ir_exports" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_exports_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_exports_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT,
  "resource" TEXT
);
CREATE TABLE "ir_filters" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_filters_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_filters_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "action_id" INTEGER CONSTRAINT "ir_filters_action_id_fkey" REFERENCES "ir_actions" (id) ON DELETE CASCADE,
  "active" INTEGER,
  "context" TEXT NOT NULL,
  "domain" TEXT NOT NULL,
  "embedded_action_id" INTEGER CONSTRAINT "ir_filters_embedded_action_id_fkey" REFERENCES "ir_embedded_actions" (id) ON DELETE CASCADE,
  "embedded_parent_res_id" INTEGER,
  "is_default" INTEGER,
  "model_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "sort" TEXT NOT NULL,
  "user_id" INTEGER CONSTRAINT "ir_filters_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  CONSTRAINT "ir_filters_name_model_uid_unique" unique (model_id, user_id, action_id, embedded_action_id, embedded_parent_res_id, name),
  CONSTRAINT "ir_filters_check_res_id_only_when_embedded_action" CHECK( NOT (embedded_parent_res_id IS NOT NULL AND embedded_action_id IS NULL) ),
  CONSTRAINT "ir_filters_check_sort_json" CHECK (sort IS NULL OR sort LIKE '[%]')
);
CREATE TABLE "ir_model_access" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_model_access_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_model_access_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "group_id" INTEGER CONSTRAINT "ir_model_access_group_id_fkey" REFERENCES "res_groups" (id) ON DELETE RESTRICT,
  "model_id" INTEGER NOT NULL CONSTRAINT "ir_model_access_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "name" TEXT NOT NULL,
  "perm_create" INTEGER,
  "perm_read" INTEGER,
  "perm_unlink" INTEGER,
  "perm_write" INTEGER
);
CREATE TABLE "ir_model_constraint" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_model_constraint_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_model_constraint_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "definition" TEXT,
  "message" TEXT,
  "model" INTEGER NOT NULL CONSTRAINT "ir_model_constraint_model_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "module" INTEGER NOT NULL CONSTRAINT "ir_model_constraint_module_fkey" REFERENCES "ir_module_module" (id) ON DELETE CASCADE,
  "type" TEXT NOT NULL,
  CONSTRAINT "ir_model_constraint_module_name_uniq" UNIQUE (name, module)
);
CREATE TABLE "ir_model_data" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_model_data_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_model_data_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "model" TEXT NOT NULL,
  "module" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "noupdate" INTEGER,
  "res_id" INTEGER,
  CONSTRAINT "ir_model_data_name_nospaces" CHECK(name NOT LIKE '% %')
);
CREATE TABLE "ir_model_fields_selection" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_model_fields_selection_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_model_fields_selection_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "field_id" INTEGER NOT NULL CONSTRAINT "ir_model_fields_selection_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  "value" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "sequence" INTEGER,
  CONSTRAINT "ir_model_fields_selection_selection_field_uniq" UNIQUE (field_id, value)
);
CREATE TABLE "ir_model_fields" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_model_fields_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_model_fields_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "column1" TEXT,
  "column2" TEXT,
  "company_dependent" INTEGER,
  "complete_name" TEXT,
  "compute" TEXT,
  "copied" INTEGER,
  "currency_field" TEXT,
  "depends" TEXT,
  "domain" TEXT,
  "field_description" TEXT NOT NULL,
  "group_expand" INTEGER,
  "help" TEXT,
  "index" INTEGER,
  "model" TEXT NOT NULL,
  "model_id" INTEGER NOT NULL CONSTRAINT "ir_model_fields_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "name" TEXT NOT NULL,
  "on_delete" TEXT,
  "readonly" INTEGER,
  "related" TEXT,
  "related_field_id" INTEGER CONSTRAINT "ir_model_fields_related_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  "relation" TEXT,
  "relation_field" TEXT,
  "relation_field_id" INTEGER CONSTRAINT "ir_model_fields_relation_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  "relation_table" TEXT,
  "required" INTEGER,
  "sanitize" INTEGER,
  "sanitize_attributes" INTEGER,
  "sanitize_form" INTEGER,
  "sanitize_overridable" INTEGER,
  "sanitize_style" INTEGER,
  "sanitize_tags" INTEGER,
  "selectable" INTEGER,
  "size" INTEGER,
  "state" TEXT NOT NULL,
  "store" INTEGER,
  "strip_classes" INTEGER,
  "strip_style" INTEGER,
  "translate" INTEGER,
  "ttype" TEXT NOT NULL,
  "tracking" INTEGER,
  CONSTRAINT "ir_model_fields_name_unique" UNIQUE(model, name),
  CONSTRAINT "ir_model_fields_size_gt_zero" CHECK (size>=0),
  CONSTRAINT "ir_model_fields_name_manual_field" CHECK (state != 'manual' OR substr(name, 1, 2) = 'x_')
);
CREATE TABLE "ir_model_inherit" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "model_id" INTEGER NOT NULL CONSTRAINT "ir_model_inherit_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "parent_id" INTEGER NOT NULL CONSTRAINT "ir_model_inherit_parent_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "parent_field_id" INTEGER CONSTRAINT "ir_model_inherit_parent_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  CONSTRAINT "ir_model_inherit_uniq" UNIQUE (model_id, parent_id)
);
CREATE TABLE "ir_model_relation" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_model_relation_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_model_relation_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "model" INTEGER NOT NULL CONSTRAINT "ir_model_relation_model_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "module" INTEGER NOT NULL CONSTRAINT "ir_model_relation_module_fkey" REFERENCES "ir_module_module" (id) ON DELETE CASCADE
);
CREATE TABLE "ir_model" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_model_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_model_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "info" TEXT,
  "model" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "order" TEXT NOT NULL,
  "state" TEXT,
  "transient" INTEGER,
  "is_mail_activity" INTEGER,
  "is_mail_blacklist" INTEGER,
  "is_mail_thread" INTEGER,
  CONSTRAINT "ir_model_obj_name_uniq" unique (model)
);
CREATE TABLE "ir_module_category" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_module_category_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_module_category_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "parent_id" INTEGER CONSTRAINT "ir_module_category_parent_id_fkey" REFERENCES "ir_module_category" (id) ON DELETE SET NULL,
  "description" TEXT,
  "sequence" INTEGER,
  "visible" INTEGER,
  "exclusive" INTEGER
);
CREATE TABLE "ir_module_module_dependency" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT,
  "module_id" INTEGER CONSTRAINT "ir_module_module_dependency_module_id_fkey" REFERENCES "ir_module_module" (id) ON DELETE CASCADE,
  "auto_install_required" INTEGER
);
CREATE TABLE "ir_module_module_exclusion" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_module_module_exclusion_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_module_module_exclusion_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT,
  "module_id" INTEGER CONSTRAINT "ir_module_module_exclusion_module_id_fkey" REFERENCES "ir_module_module" (id) ON DELETE CASCADE
);
CREATE TABLE "ir_module_module" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_module_module_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_module_module_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "application" INTEGER,
  "author" TEXT,
  "auto_install" INTEGER,
  "category_id" INTEGER CONSTRAINT "ir_module_module_category_id_fkey" REFERENCES "ir_module_category" (id) ON DELETE SET NULL,
  "contributors" TEXT,
  "demo" INTEGER,
  "description" TEXT,
  "icon" TEXT,
  "latest_version" TEXT,
  "license" TEXT,
  "maintainer" TEXT,
  "menus_by_module" TEXT,
  "name" TEXT NOT NULL,
  "published_version" TEXT,
  "reports_by_module" TEXT,
  "sequence" INTEGER,
  "shortdesc" TEXT,
  "state" TEXT,
  "summary" TEXT,
  "to_buy" INTEGER,
  "url" TEXT,
  "views_by_module" TEXT,
  "website" TEXT,
  CONSTRAINT "ir_module_module_name_uniq" UNIQUE (name)
);
CREATE TABLE "ir_rule" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_rule_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_rule_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "domain_force" TEXT,
  "global" INTEGER,
  "model_id" INTEGER NOT NULL CONSTRAINT "ir_rule_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "name" TEXT,
  "perm_create" INTEGER,
  "perm_read" INTEGER,
  "perm_unlink" INTEGER,
  "perm_write" INTEGER,
  CONSTRAINT "ir_rule_no_access_rights" CHECK (perm_read!=False or perm_write!=False or perm_create!=False or perm_unlink!=False)
);
CREATE TABLE "ir_sequence_date_range" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_sequence_date_range_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_sequence_date_range_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "date_from" TEXT NOT NULL,
  "date_to" TEXT NOT NULL,
  "sequence_id" INTEGER NOT NULL CONSTRAINT "ir_sequence_date_range_sequence_id_fkey" REFERENCES "ir_sequence" (id) ON DELETE CASCADE,
  "number_next" INTEGER NOT NULL
);
CREATE TABLE "ir_sequence" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_sequence_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_sequence_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "code" TEXT,
  "company_id" INTEGER CONSTRAINT "ir_sequence_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "implementation" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "number_increment" INTEGER NOT NULL,
  "number_next" INTEGER NOT NULL,
  "padding" INTEGER NOT NULL,
  "prefix" TEXT,
  "suffix" TEXT,
  "use_date_range" INTEGER
);
CREATE TABLE "ir_ui_menu" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_ui_menu_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_ui_menu_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "action" TEXT,
  "active" INTEGER,
  "name" TEXT NOT NULL,
  "parent_id" INTEGER CONSTRAINT "ir_ui_menu_parent_id_fkey" REFERENCES "ir_ui_menu" (id) ON DELETE RESTRICT,
  "sequence" INTEGER,
  "web_icon" TEXT,
  "parent_path" TEXT
);
CREATE TABLE "ir_ui_view" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_ui_view_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_ui_view_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "arch_db" TEXT,
  "arch_fs" TEXT,
  "arch_prev" TEXT,
  "arch_updated" INTEGER,
  "inherit_id" INTEGER CONSTRAINT "ir_ui_view_inherit_id_fkey" REFERENCES "ir_ui_view" (id) ON DELETE RESTRICT,
  "key" TEXT,
  "mode" TEXT NOT NULL,
  "model" TEXT,
  "name" TEXT NOT NULL,
  "priority" INTEGER NOT NULL,
  "type" TEXT,
  "customize_show" INTEGER,
  CONSTRAINT "ir_ui_view_inheritance_mode" CHECK (mode != 'extension' OR inherit_id IS NOT NULL),
  CONSTRAINT "ir_ui_view_qweb_required_key" CHECK (type != 'qweb' OR key IS NOT NULL)
);
CREATE TABLE "report_paperformat" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "report_paperformat_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "report_paperformat_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "default" INTEGER,
  "format" TEXT,
  "margin_top" REAL,
  "margin_bottom" REAL,
  "margin_left" REAL,
  "margin_right" REAL,
  "page_height" INTEGER,
  "page_width" INTEGER,
  "orientation" TEXT,
  "header_line" INTEGER,
  "header_spacing" INTEGER,
  "disable_shrinking" INTEGER,
  "dpi" INTEGER NOT NULL
);
CREATE TABLE "res_bank" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_bank_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_bank_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "street" TEXT,
  "street2" TEXT,
  "zip" TEXT,
  "city" TEXT,
  "state" INTEGER CONSTRAINT "res_bank_state_fkey" REFERENCES "res_country_state" (id) ON DELETE SET NULL,
  "country" INTEGER CONSTRAINT "res_bank_country_fkey" REFERENCES "res_country" (id) ON DELETE SET NULL,
  "email" TEXT,
  "phone" TEXT,
  "active" INTEGER,
  "bic" TEXT
);
CREATE TABLE "res_company" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_company_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_company_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "company_details" TEXT,
  "currency_id" INTEGER NOT NULL CONSTRAINT "res_company_currency_id_fkey" REFERENCES "res_currency" (id) ON DELETE RESTRICT,
  "email" TEXT,
  "external_report_layout_id" INTEGER CONSTRAINT "res_company_external_report_layout_id_fkey" REFERENCES "ir_ui_view" (id) ON DELETE SET NULL,
  "font" TEXT,
  "layout_background" TEXT NOT NULL,
  "logo_web" BLOB,
  "mobile" TEXT,
  "name" TEXT,
  "paperformat_id" INTEGER CONSTRAINT "res_company_paperformat_id_fkey" REFERENCES "report_paperformat" (id) ON DELETE SET NULL,
  "parent_id" INTEGER CONSTRAINT "res_company_parent_id_fkey" REFERENCES "res_company" (id) ON DELETE RESTRICT,
  "partner_id" INTEGER NOT NULL CONSTRAINT "res_company_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE RESTRICT,
  "phone" TEXT,
  "primary_color" TEXT,
  "report_footer" TEXT,
  "report_header" TEXT,
  "secondary_color" TEXT,
  "sequence" INTEGER,
  "uses_default_logo" INTEGER,
  "alias_domain_id" INTEGER CONSTRAINT "res_company_alias_domain_id_fkey" REFERENCES "mail_alias_domain" (id) ON DELETE SET NULL,
  "alias_domain_name" TEXT,
  "email_primary_color" TEXT,
  "email_secondary_color" TEXT,
  "resource_calendar_id" INTEGER CONSTRAINT "res_company_resource_calendar_id_fkey" REFERENCES "resource_calendar" (id) ON DELETE RESTRICT,
  "parent_path" TEXT,
  CONSTRAINT "res_company_name_uniq" unique (name)
);
CREATE TABLE "res_country_group" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_country_group_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_country_group_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL
);
CREATE TABLE "res_country_state" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_country_state_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_country_state_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "code" TEXT NOT NULL,
  "country_id" INTEGER NOT NULL CONSTRAINT "res_country_state_country_id_fkey" REFERENCES "res_country" (id) ON DELETE RESTRICT,
  "name" TEXT NOT NULL,
  CONSTRAINT "res_country_state_name_code_uniq" unique(country_id, code)
);
CREATE TABLE "res_country" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_country_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_country_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "address_format" TEXT,
  "address_view_id" INTEGER CONSTRAINT "res_country_address_view_id_fkey" REFERENCES "ir_ui_view" (id) ON DELETE SET NULL,
  "code" TEXT NOT NULL,
  "currency_id" INTEGER CONSTRAINT "res_country_currency_id_fkey" REFERENCES "res_currency" (id) ON DELETE SET NULL,
  "name" TEXT NOT NULL,
  "name_position" TEXT,
  "phone_code" INTEGER,
  "state_required" INTEGER,
  "vat_label" TEXT,
  "zip_required" INTEGER,
  CONSTRAINT "res_country_name_uniq" unique (name),
  CONSTRAINT "res_country_code_uniq" unique (code)
);
CREATE TABLE "res_currency_rate" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_currency_rate_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_currency_rate_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "rate" REAL,
  "currency_id" INTEGER NOT NULL CONSTRAINT "res_currency_rate_currency_id_fkey" REFERENCES "res_currency" (id) ON DELETE CASCADE,
  "company_id" INTEGER CONSTRAINT "res_currency_rate_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  CONSTRAINT "res_currency_rate_unique_name_per_day" UNIQUE (name, currency_id, company_id),
  CONSTRAINT "res_currency_rate_currency_rate_check" CHECK (rate > 0)
);
CREATE TABLE "res_currency" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_currency_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_currency_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "currency_subunit_label" TEXT,
  "currency_unit_label" TEXT,
  "decimal_places" INTEGER,
  "full_name" TEXT,
  "iso_numeric" INTEGER,
  "name" TEXT NOT NULL,
  "position" TEXT,
  "rounding" REAL,
  "symbol" TEXT NOT NULL,
  CONSTRAINT "res_currency_unique_name" unique (name),
  CONSTRAINT "res_currency_rounding_gt_zero" CHECK (rounding>0)
);
CREATE TABLE "res_device" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_device_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_device_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "session_identifier" TEXT NOT NULL,
  "platform" TEXT,
  "browser" TEXT,
  "ip_address" TEXT,
  "country" TEXT,
  "city" TEXT,
  "device_type" TEXT,
  "user_id" INTEGER CONSTRAINT "res_device_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  "first_activity" TEXT,
  "last_activity" TEXT,
  "revoked" INTEGER
);
CREATE TABLE "res_groups" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_groups_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_groups_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "api_key_duration" REAL,
  "category_id" INTEGER CONSTRAINT "res_groups_category_id_fkey" REFERENCES "ir_module_category" (id) ON DELETE SET NULL,
  "color" INTEGER,
  "comment" TEXT,
  "name" TEXT NOT NULL,
  "share" INTEGER,
  CONSTRAINT "res_groups_name_uniq" unique (category_id, name),
  CONSTRAINT "res_groups_check_api_key_duration" CHECK(api_key_duration >= 0)
);
CREATE TABLE "res_lang" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_lang_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_lang_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "code" TEXT NOT NULL,
  "date_format" TEXT NOT NULL,
  "decimal_point" TEXT NOT NULL,
  "direction" TEXT NOT NULL,
  "grouping" TEXT NOT NULL,
  "iso_code" TEXT,
  "name" TEXT NOT NULL,
  "short_time_format" TEXT NOT NULL,
  "thousands_sep" TEXT,
  "time_format" TEXT NOT NULL,
  "url_code" TEXT NOT NULL,
  "week_start" TEXT NOT NULL,
  CONSTRAINT "res_lang_name_uniq" unique(name),
  CONSTRAINT "res_lang_code_uniq" unique(code),
  CONSTRAINT "res_lang_url_code_uniq" unique(url_code)
);
CREATE TABLE "res_partner_bank" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_partner_bank_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_partner_bank_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "acc_number" TEXT NOT NULL,
  "sanitized_acc_number" TEXT,
  "acc_holder_name" TEXT,
  "partner_id" INTEGER NOT NULL CONSTRAINT "res_partner_bank_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  "allow_out_payment" INTEGER,
  "bank_id" INTEGER CONSTRAINT "res_partner_bank_bank_id_fkey" REFERENCES "res_bank" (id) ON DELETE SET NULL,
  "sequence" INTEGER,
  "currency_id" INTEGER CONSTRAINT "res_partner_bank_currency_id_fkey" REFERENCES "res_currency" (id) ON DELETE SET NULL,
  "company_id" INTEGER CONSTRAINT "res_partner_bank_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  CONSTRAINT "res_partner_bank_unique_number" UNIQUE (sanitized_acc_number, partner_id)
);
CREATE TABLE "res_partner_category" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_partner_category_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_partner_category_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "color" INTEGER,
  "parent_id" INTEGER CONSTRAINT "res_partner_category_parent_id_fkey" REFERENCES "res_partner_category" (id) ON DELETE CASCADE,
  "active" INTEGER,
  "parent_path" TEXT
);
CREATE TABLE "res_partner_industry" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_partner_industry_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_partner_industry_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT,
  "full_name" TEXT,
  "active" INTEGER
);
CREATE TABLE "res_partner_title" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_partner_title_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_partner_title_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "shortcut" TEXT
);
CREATE TABLE "res_partner" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_partner_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_partner_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "email_normalized" TEXT,
  "message_bounce" INTEGER,
  "active" INTEGER,
  "barcode" TEXT,
  "city" TEXT,
  "color" INTEGER,
  "comment" TEXT,
  "commercial_company_name" TEXT,
  "commercial_partner_id" INTEGER CONSTRAINT "res_partner_commercial_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "company_id" INTEGER CONSTRAINT "res_partner_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "company_name" TEXT,
  "company_registry" TEXT,
  "complete_name" TEXT,
  "country_id" INTEGER CONSTRAINT "res_partner_country_id_fkey" REFERENCES "res_country" (id) ON DELETE RESTRICT,
  "email" TEXT,
  "employee" INTEGER,
  "function" TEXT,
  "industry_id" INTEGER CONSTRAINT "res_partner_industry_id_fkey" REFERENCES "res_partner_industry" (id) ON DELETE SET NULL,
  "is_company" INTEGER,
  "lang" TEXT,
  "mobile" TEXT,
  "name" TEXT,
  "parent_id" INTEGER CONSTRAINT "res_partner_parent_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "partner_latitude" REAL,
  "partner_longitude" REAL,
  "partner_share" INTEGER,
  "phone" TEXT,
  "ref" TEXT,
  "state_id" INTEGER CONSTRAINT "res_partner_state_id_fkey" REFERENCES "res_country_state" (id) ON DELETE RESTRICT,
  "street" TEXT,
  "street2" TEXT,
  "title" INTEGER CONSTRAINT "res_partner_title_fkey" REFERENCES "res_partner_title" (id) ON DELETE SET NULL,
  "type" TEXT,
  "tz" TEXT,
  "user_id" INTEGER CONSTRAINT "res_partner_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "vat" TEXT,
  "website" TEXT,
  "zip" TEXT,
  CONSTRAINT "res_partner_check_name" CHECK( (type='contact' AND name IS NOT NULL) or (type!='contact') )
);
CREATE TABLE "res_users_apikeys" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_users_apikeys_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_users_apikeys_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "expiration_date" TEXT,
  "name" TEXT NOT NULL,
  "scope" TEXT,
  "user_id" INTEGER NOT NULL CONSTRAINT "res_users_apikeys_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  "key" TEXT,
  "index" TEXT
);
CREATE TABLE "res_users_deletion" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_users_deletion_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_users_deletion_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "user_id" INTEGER CONSTRAINT "res_users_deletion_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "user_id_int" INTEGER,
  "state" TEXT NOT NULL
);
CREATE TABLE "res_users_log" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_users_log_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_users_log_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT
);
CREATE TABLE "res_users_settings" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_users_settings_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_users_settings_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "user_id" INTEGER NOT NULL CONSTRAINT "res_users_settings_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  CONSTRAINT "res_users_settings_unique_user_id" UNIQUE(user_id)
);
CREATE TABLE "res_users" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_users_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_users_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "action_id" INTEGER CONSTRAINT "res_users_action_id_fkey" REFERENCES "ir_actions" (id) ON DELETE SET NULL,
  "active" INTEGER,
  "company_id" INTEGER NOT NULL CONSTRAINT "res_users_company_id_fkey" REFERENCES "res_company" (id) ON DELETE RESTRICT,
  "login" TEXT NOT NULL,
  "partner_id" INTEGER NOT NULL CONSTRAINT "res_users_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE RESTRICT,
  "share" INTEGER,
  "signature" TEXT,
  "notification_type" TEXT NOT NULL,
  "password" TEXT,
  CONSTRAINT "res_users_login_key" UNIQUE (login),
  CONSTRAINT "res_users_notification_type" CHECK (notification_type = 'email' OR NOT share)
);
CREATE TABLE "ir_mail_server" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ir_mail_server_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ir_mail_server_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "from_filter" TEXT,
  "smtp_host" TEXT,
  "smtp_port" INTEGER,
  "smtp_authentication" TEXT NOT NULL,
  "smtp_user" TEXT,
  "smtp_pass" TEXT,
  "smtp_encryption" TEXT NOT NULL,
  "sequence" INTEGER,
  "active" INTEGER
);
CREATE TABLE "mail_activity" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_activity_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_activity_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "activity_type_id" INTEGER CONSTRAINT "mail_activity_activity_type_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE RESTRICT,
  "automated" INTEGER,
  "date_deadline" TEXT NOT NULL,
  "date_done" TEXT,
  "note" TEXT,
  "previous_activity_type_id" INTEGER CONSTRAINT "mail_activity_previous_activity_type_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE SET NULL,
  "recommended_activity_type_id" INTEGER CONSTRAINT "mail_activity_recommended_activity_type_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE SET NULL,
  "request_partner_id" INTEGER CONSTRAINT "mail_activity_request_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "res_id" INTEGER,
  "res_model" TEXT,
  "res_model_id" INTEGER NOT NULL CONSTRAINT "mail_activity_res_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "res_name" TEXT,
  "summary" TEXT,
  "user_id" INTEGER NOT NULL CONSTRAINT "mail_activity_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  "user_tz" TEXT,
  CONSTRAINT "mail_activity_check_res_id_is_set" CHECK(res_id IS NOT NULL AND res_id !=0 )
);
CREATE TABLE "mail_activity_type" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_activity_type_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_activity_type_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "category" TEXT,
  "chaining_type" TEXT NOT NULL,
  "decoration_type" TEXT,
  "default_note" TEXT,
  "default_user_id" INTEGER CONSTRAINT "mail_activity_type_default_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "delay_count" INTEGER,
  "delay_from" TEXT NOT NULL,
  "delay_unit" TEXT NOT NULL,
  "icon" TEXT,
  "keep_done" INTEGER,
  "name" TEXT NOT NULL,
  "res_model" TEXT,
  "sequence" INTEGER,
  "summary" TEXT,
  "triggered_next_type_id" INTEGER CONSTRAINT "mail_activity_type_triggered_next_type_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE RESTRICT
);
CREATE TABLE "mail_alias_domain" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_alias_domain_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_alias_domain_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "sequence" INTEGER,
  "bounce_alias" TEXT NOT NULL,
  "catchall_alias" TEXT NOT NULL,
  "default_from" TEXT,
  CONSTRAINT "mail_alias_domain_bounce_email_uniques" UNIQUE (bounce_alias, name),
  CONSTRAINT "mail_alias_domain_catchall_email_uniques" UNIQUE (catchall_alias, name)
);
CREATE TABLE "mail_alias" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_alias_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_alias_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "alias_name" TEXT,
  "alias_full_name" TEXT,
  "alias_domain_id" INTEGER CONSTRAINT "mail_alias_alias_domain_id_fkey" REFERENCES "mail_alias_domain" (id) ON DELETE SET NULL,
  "alias_model_id" INTEGER NOT NULL CONSTRAINT "mail_alias_alias_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "alias_defaults" TEXT NOT NULL,
  "alias_force_thread_id" INTEGER,
  "alias_parent_model_id" INTEGER CONSTRAINT "mail_alias_alias_parent_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE SET NULL,
  "alias_parent_thread_id" INTEGER,
  "alias_contact" TEXT NOT NULL,
  "alias_incoming_local" INTEGER,
  "alias_bounced_content" TEXT,
  "alias_status" TEXT
);
CREATE TABLE "mail_followers" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_followers_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_followers_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "partner_id" INTEGER NOT NULL CONSTRAINT "mail_followers_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  "res_id" INTEGER,
  "res_model" TEXT NOT NULL,
  CONSTRAINT "mail_followers_mail_followers_res_partner_res_model_id_uniq" unique(res_model,res_id,partner_id)
);
CREATE TABLE "mail_mail" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_mail_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_mail_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "mail_message_id" INTEGER NOT NULL CONSTRAINT "mail_mail_mail_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE,
  "body_html" TEXT,
  "headers" TEXT,
  "references" TEXT,
  "is_notification" INTEGER,
  "email_to" TEXT,
  "email_cc" TEXT,
  "state" TEXT,
  "failure_type" TEXT,
  "failure_reason" TEXT,
  "auto_delete" INTEGER,
  "scheduled_date" TEXT
);
CREATE TABLE "mail_message_reaction" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "message_id" INTEGER NOT NULL CONSTRAINT "mail_message_reaction_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE,
  "content" TEXT NOT NULL,
  "partner_id" INTEGER CONSTRAINT "mail_message_reaction_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE
);
CREATE TABLE "mail_message_subtype" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_message_subtype_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_message_subtype_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "default" INTEGER,
  "description" TEXT,
  "hidden" INTEGER,
  "internal" INTEGER,
  "name" TEXT NOT NULL,
  "parent_id" INTEGER CONSTRAINT "mail_message_subtype_parent_id_fkey" REFERENCES "mail_message_subtype" (id) ON DELETE SET NULL,
  "relation_field" TEXT,
  "res_model" TEXT,
  "sequence" INTEGER,
  "track_recipients" INTEGER
);
CREATE TABLE "mail_message" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_message_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_message_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "author_id" INTEGER CONSTRAINT "mail_message_author_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "body" TEXT,
  "date" TEXT,
  "email_add_signature" INTEGER,
  "email_from" TEXT,
  "email_layout_xmlid" TEXT,
  "is_internal" INTEGER,
  "mail_activity_type_id" INTEGER CONSTRAINT "mail_message_mail_activity_type_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE SET NULL,
  "mail_server_id" INTEGER CONSTRAINT "mail_message_mail_server_id_fkey" REFERENCES "ir_mail_server" (id) ON DELETE SET NULL,
  "message_id" TEXT,
  "message_type" TEXT NOT NULL,
  "model" TEXT,
  "parent_id" INTEGER CONSTRAINT "mail_message_parent_id_fkey" REFERENCES "mail_message" (id) ON DELETE SET NULL,
  "pinned_at" TEXT,
  "record_alias_domain_id" INTEGER CONSTRAINT "mail_message_record_alias_domain_id_fkey" REFERENCES "mail_alias_domain" (id) ON DELETE SET NULL,
  "record_company_id" INTEGER CONSTRAINT "mail_message_record_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "record_name" TEXT,
  "reply_to" TEXT,
  "reply_to_force_new" INTEGER,
  "res_id" INTEGER,
  "subject" TEXT,
  "subtype_id" INTEGER CONSTRAINT "mail_message_subtype_id_fkey" REFERENCES "mail_message_subtype" (id) ON DELETE SET NULL
);
CREATE TABLE "mail_notification" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "author_id" INTEGER CONSTRAINT "mail_notification_author_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "mail_message_id" INTEGER NOT NULL CONSTRAINT "mail_notification_mail_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE,
  "mail_mail_id" INTEGER CONSTRAINT "mail_notification_mail_mail_id_fkey" REFERENCES "mail_mail" (id) ON DELETE SET NULL,
  "res_partner_id" INTEGER CONSTRAINT "mail_notification_res_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  "notification_type" TEXT NOT NULL,
  "notification_status" TEXT,
  "is_read" INTEGER,
  "read_date" TEXT,
  "failure_type" TEXT,
  "failure_reason" TEXT,
  CONSTRAINT "mail_notification_notification_partner_required" CHECK (notification_type NOT IN ('email', 'inbox') OR res_partner_id IS NOT NULL)
);
CREATE TABLE "mail_template" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_template_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_template_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT,
  "active" INTEGER,
  "description" TEXT,
  "model_id" INTEGER CONSTRAINT "mail_template_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "model" TEXT,
  "subject" TEXT,
  "email_from" TEXT,
  "email_to" TEXT,
  "partner_to" TEXT,
  "email_cc" TEXT,
  "reply_to" TEXT,
  "body_html" TEXT,
  "auto_delete" INTEGER,
  "scheduled_date" TEXT,
  "use_default_to" INTEGER,
  "lang" TEXT,
  "user_id" INTEGER CONSTRAINT "mail_template_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "mail_server_id" INTEGER CONSTRAINT "mail_template_mail_server_id_fkey" REFERENCES "ir_mail_server" (id) ON DELETE SET NULL
);
CREATE TABLE "mail_tracking_value" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "mail_tracking_value_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "mail_tracking_value_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "field_id" INTEGER CONSTRAINT "mail_tracking_value_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE SET NULL,
  "field_info" TEXT,
  "old_value_integer" INTEGER,
  "old_value_float" REAL,
  "old_value_char" TEXT,
  "old_value_text" TEXT,
  "old_value_datetime" TEXT,
  "new_value_integer" INTEGER,
  "new_value_float" REAL,
  "new_value_char" TEXT,
  "new_value_text" TEXT,
  "new_value_datetime" TEXT,
  "currency_id" INTEGER CONSTRAINT "mail_tracking_value_currency_id_fkey" REFERENCES "res_currency" (id) ON DELETE SET NULL,
  "mail_message_id" INTEGER NOT NULL CONSTRAINT "mail_tracking_value_mail_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE
);
CREATE TABLE "account_analytic_account" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "account_analytic_account_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "account_analytic_account_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "code" TEXT,
  "active" INTEGER,
  "color" INTEGER,
  "company_id" INTEGER CONSTRAINT "account_analytic_account_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "partner_id" INTEGER CONSTRAINT "account_analytic_account_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL
);
CREATE TABLE "rating_rating" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "rating_rating_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "rating_rating_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "res_name" TEXT,
  "res_model_id" INTEGER CONSTRAINT "rating_rating_res_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "res_model" TEXT,
  "res_id" INTEGER NOT NULL,
  "parent_res_name" TEXT,
  "parent_res_model_id" INTEGER CONSTRAINT "rating_rating_parent_res_model_id_fkey" REFERENCES "ir_model" (id) ON DELETE CASCADE,
  "parent_res_model" TEXT,
  "parent_res_id" INTEGER,
  "rated_partner_id" INTEGER CONSTRAINT "rating_rating_rated_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "partner_id" INTEGER CONSTRAINT "rating_rating_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "rating" REAL,
  "rating_text" TEXT,
  "feedback" TEXT,
  "message_id" INTEGER CONSTRAINT "rating_rating_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE,
  "is_internal" INTEGER,
  "access_token" TEXT,
  "consumed" INTEGER,
  "rated_on" TEXT,
  CONSTRAINT "rating_rating_rating_range" CHECK (rating >= 0 AND rating <= 5)
);
CREATE TABLE "resource_calendar_attendance" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "resource_calendar_attendance_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "resource_calendar_attendance_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "dayofweek" TEXT NOT NULL,
  "hour_from" REAL NOT NULL,
  "hour_to" REAL NOT NULL,
  "calendar_id" INTEGER NOT NULL CONSTRAINT "resource_calendar_attendance_calendar_id_fkey" REFERENCES "resource_calendar" (id) ON DELETE CASCADE,
  "day_period" TEXT NOT NULL,
  "sequence" INTEGER
);
CREATE TABLE "resource_calendar" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "resource_calendar_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "resource_calendar_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "active" INTEGER,
  "company_id" INTEGER CONSTRAINT "resource_calendar_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "hours_per_day" REAL,
  "tz" TEXT NOT NULL
);
CREATE TABLE "project_collaborator" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_collaborator_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_collaborator_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "limited_access" INTEGER,
  "partner_id" INTEGER NOT NULL CONSTRAINT "project_collaborator_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE RESTRICT,
  "project_id" INTEGER NOT NULL CONSTRAINT "project_collaborator_project_id_fkey" REFERENCES "project_project" (id) ON DELETE RESTRICT,
  CONSTRAINT "project_collaborator_unique_collaborator" UNIQUE(project_id, partner_id)
);
CREATE TABLE "project_milestone" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_milestone_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_milestone_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "deadline" TEXT,
  "is_reached" INTEGER,
  "name" TEXT NOT NULL,
  "project_id" INTEGER NOT NULL CONSTRAINT "project_milestone_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "reached_date" TEXT
);
CREATE TABLE "project_project_stage" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_project_stage_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_project_stage_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "company_id" INTEGER CONSTRAINT "project_project_stage_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "fold" INTEGER,
  "mail_template_id" INTEGER CONSTRAINT "project_project_stage_mail_template_id_fkey" REFERENCES "mail_template" (id) ON DELETE SET NULL,
  "name" TEXT NOT NULL,
  "sequence" INTEGER
);
CREATE TABLE "project_project" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_project_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_project_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "alias_id" INTEGER NOT NULL CONSTRAINT "project_project_alias_id_fkey" REFERENCES "mail_alias" (id) ON DELETE RESTRICT,
  "access_token" TEXT,
  "account_id" INTEGER CONSTRAINT "project_project_account_id_fkey" REFERENCES "account_analytic_account" (id) ON DELETE SET NULL,
  "active" INTEGER,
  "allow_milestones" INTEGER,
  "allow_task_dependencies" INTEGER,
  "color" INTEGER,
  "company_id" INTEGER CONSTRAINT "project_project_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "date" TEXT,
  "date_start" TEXT,
  "description" TEXT,
  "label_tasks" TEXT,
  "last_update_id" INTEGER CONSTRAINT "project_project_last_update_id_fkey" REFERENCES "project_update" (id) ON DELETE SET NULL,
  "last_update_status" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "partner_id" INTEGER CONSTRAINT "project_project_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "privacy_visibility" TEXT NOT NULL,
  "rating_active" INTEGER,
  "rating_request_deadline" TEXT,
  "rating_status" TEXT NOT NULL,
  "rating_status_period" TEXT NOT NULL,
  "sequence" INTEGER,
  "task_properties_definition" TEXT,
  "user_id" INTEGER CONSTRAINT "project_project_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "ai_template_id" INTEGER CONSTRAINT "project_project_ai_template_id_fkey" REFERENCES "ai_project_template" (id) ON DELETE RESTRICT,
  "ai_state" TEXT,
  "ai_params" TEXT,
  "stage_id" INTEGER CONSTRAINT "project_project_stage_id_fkey" REFERENCES "ai_project_stage" (id) ON DELETE RESTRICT,
  "ai_provider_id" INTEGER CONSTRAINT "project_project_ai_provider_id_fkey" REFERENCES "ai_provider" (id) ON DELETE RESTRICT,
  "ai_started_at" TEXT,
  "ai_completed_at" TEXT,
  "ai_error" TEXT,
  "ai_position" TEXT,
  "ai_plan" TEXT,
  "ai_left" TEXT,
  "ai_round" INTEGER,
  "ai_progress_floor" INTEGER,
  "ai_paused_at" TEXT,
  CONSTRAINT "project_project_project_date_greater" check(date >= date_start)
);
CREATE TABLE "project_share_collaborator_wizard" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_share_collaborator_wizard_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_share_collaborator_wizard_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "parent_wizard_id" INTEGER CONSTRAINT "project_share_collaborator_wizard_parent_wizard_id_fkey" REFERENCES "project_share_wizard" (id) ON DELETE SET NULL,
  "partner_id" INTEGER NOT NULL CONSTRAINT "project_share_collaborator_wizard_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE RESTRICT,
  "access_mode" TEXT NOT NULL,
  "send_invitation" INTEGER
);
CREATE TABLE "project_share_wizard" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_share_wizard_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_share_wizard_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "res_model" TEXT NOT NULL,
  "res_id" INTEGER NOT NULL,
  "note" TEXT
);
CREATE TABLE "project_tags" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_tags_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_tags_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "color" INTEGER,
  "name" TEXT NOT NULL,
  CONSTRAINT "project_tags_name_uniq" unique (name)
);
CREATE TABLE "project_task_recurrence" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_task_recurrence_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_task_recurrence_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "repeat_interval" INTEGER,
  "repeat_type" TEXT,
  "repeat_unit" TEXT,
  "repeat_until" TEXT
);
CREATE TABLE "project_task_user_rel" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_task_user_rel_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_task_user_rel_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "task_id" INTEGER NOT NULL CONSTRAINT "project_task_user_rel_task_id_fkey" REFERENCES "project_task" (id) ON DELETE CASCADE,
  "user_id" INTEGER NOT NULL CONSTRAINT "project_task_user_rel_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  "stage_id" INTEGER CONSTRAINT "project_task_user_rel_stage_id_fkey" REFERENCES "project_task_type" (id) ON DELETE SET NULL,
  CONSTRAINT "project_task_user_rel_project_personal_stage_unique" UNIQUE (task_id, user_id)
);
CREATE TABLE "project_task" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_task_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_task_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "email_cc" TEXT,
  "access_token" TEXT,
  "rating_last_value" REAL,
  "html_field_history" TEXT,
  "active" INTEGER,
  "allocated_hours" REAL,
  "color" INTEGER,
  "company_id" INTEGER CONSTRAINT "project_task_company_id_fkey" REFERENCES "res_company" (id) ON DELETE SET NULL,
  "date_assign" TEXT,
  "date_deadline" TEXT,
  "date_end" TEXT,
  "date_last_stage_update" TEXT,
  "description" TEXT,
  "display_in_project" INTEGER,
  "displayed_image_id" INTEGER CONSTRAINT "project_task_displayed_image_id_fkey" REFERENCES "ir_attachment" (id) ON DELETE SET NULL,
  "milestone_id" INTEGER CONSTRAINT "project_task_milestone_id_fkey" REFERENCES "project_milestone" (id) ON DELETE SET NULL,
  "name" TEXT NOT NULL,
  "parent_id" INTEGER CONSTRAINT "project_task_parent_id_fkey" REFERENCES "project_task" (id) ON DELETE SET NULL,
  "partner_id" INTEGER CONSTRAINT "project_task_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE SET NULL,
  "priority" TEXT,
  "project_id" INTEGER CONSTRAINT "project_task_project_id_fkey" REFERENCES "project_project" (id) ON DELETE SET NULL,
  "recurrence_id" INTEGER CONSTRAINT "project_task_recurrence_id_fkey" REFERENCES "project_task_recurrence" (id) ON DELETE SET NULL,
  "recurring_task" INTEGER,
  "sequence" INTEGER,
  "stage_id" INTEGER CONSTRAINT "project_task_stage_id_fkey" REFERENCES "project_task_type" (id) ON DELETE RESTRICT,
  "state" TEXT NOT NULL,
  "task_properties" TEXT,
  "working_days_close" REAL,
  "working_days_open" REAL,
  "working_hours_close" REAL,
  "working_hours_open" REAL,
  "ai_state" TEXT,
  "ai_content" TEXT,
  "ai_error" TEXT,
  "ai_attempts" INTEGER,
  "ai_feedback" TEXT,
  "ai_approved" INTEGER,
  "ai_stage_id" INTEGER CONSTRAINT "project_task_ai_stage_id_fkey" REFERENCES "ai_project_stage" (id) ON DELETE SET NULL,
  CONSTRAINT "project_task_recurring_task_has_no_parent" CHECK (NOT (recurring_task IS TRUE AND parent_id IS NOT NULL)),
  CONSTRAINT "project_task_private_task_has_no_parent" CHECK (NOT (project_id IS NULL AND parent_id IS NOT NULL))
);
CREATE TABLE "project_task_type" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_task_type_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_task_type_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "active" INTEGER,
  "auto_validation_state" INTEGER,
  "fold" INTEGER,
  "mail_template_id" INTEGER CONSTRAINT "project_task_type_mail_template_id_fkey" REFERENCES "mail_template" (id) ON DELETE SET NULL,
  "name" TEXT NOT NULL,
  "rating_template_id" INTEGER CONSTRAINT "project_task_type_rating_template_id_fkey" REFERENCES "mail_template" (id) ON DELETE SET NULL,
  "sequence" INTEGER,
  "user_id" INTEGER CONSTRAINT "project_task_type_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL
);
CREATE TABLE "project_update" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "project_update_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "project_update_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "email_cc" TEXT,
  "closed_task_count" INTEGER,
  "date" TEXT,
  "description" TEXT,
  "name" TEXT NOT NULL,
  "progress" INTEGER,
  "project_id" INTEGER NOT NULL CONSTRAINT "project_update_project_id_fkey" REFERENCES "project_project" (id) ON DELETE RESTRICT,
  "status" TEXT NOT NULL,
  "task_count" INTEGER,
  "user_id" INTEGER NOT NULL CONSTRAINT "project_update_user_id_fkey" REFERENCES "res_users" (id) ON DELETE RESTRICT
);
CREATE TABLE "ai_artifact" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_artifact_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_artifact_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "artifact_type" TEXT NOT NULL,
  "active" INTEGER,
  "content" TEXT,
  "project_id" INTEGER NOT NULL CONSTRAINT "ai_artifact_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "task_id" INTEGER CONSTRAINT "ai_artifact_task_id_fkey" REFERENCES "project_task" (id) ON DELETE SET NULL,
  "stage_id" INTEGER CONSTRAINT "ai_artifact_stage_id_fkey" REFERENCES "ai_project_stage" (id) ON DELETE SET NULL,
  "version" INTEGER,
  "mimetype" TEXT,
  "provider_id" INTEGER CONSTRAINT "ai_artifact_provider_id_fkey" REFERENCES "ai_provider" (id) ON DELETE SET NULL,
  "model" TEXT,
  "prompt_tokens" INTEGER,
  "completion_tokens" INTEGER,
  "job_id" INTEGER CONSTRAINT "ai_artifact_job_id_fkey" REFERENCES "ai_job" (id) ON DELETE SET NULL
);
CREATE TABLE "ai_event" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_event_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_event_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "project_id" INTEGER NOT NULL CONSTRAINT "ai_event_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "task_id" INTEGER CONSTRAINT "ai_event_task_id_fkey" REFERENCES "project_task" (id) ON DELETE SET NULL,
  "stage_id" INTEGER CONSTRAINT "ai_event_stage_id_fkey" REFERENCES "ai_project_stage" (id) ON DELETE SET NULL,
  "user_id" INTEGER CONSTRAINT "ai_event_user_id_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "kind" TEXT NOT NULL,
  "message" TEXT,
  "feedback" TEXT,
  "version" INTEGER,
  "date" TEXT NOT NULL
);
CREATE TABLE "ai_job" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_job_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_job_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "kind" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "project_id" INTEGER CONSTRAINT "ai_job_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "task_id" INTEGER CONSTRAINT "ai_job_task_id_fkey" REFERENCES "project_task" (id) ON DELETE CASCADE,
  "stage_id" INTEGER CONSTRAINT "ai_job_stage_id_fkey" REFERENCES "ai_project_stage" (id) ON DELETE CASCADE,
  "provider_id" INTEGER CONSTRAINT "ai_job_provider_id_fkey" REFERENCES "ai_provider" (id) ON DELETE SET NULL,
  "priority" INTEGER,
  "attempt" INTEGER,
  "lost" INTEGER,
  "max_attempts" INTEGER,
  "eta" TEXT NOT NULL,
  "lease_until" TEXT,
  "worker" TEXT,
  "identity_key" TEXT NOT NULL,
  "payload" TEXT,
  "tokens" INTEGER,
  "progress" INTEGER,
  "error_name" TEXT,
  "error" TEXT,
  "date_started" TEXT,
  "date_done" TEXT
);
CREATE TABLE "ai_project_stage" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_project_stage_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_project_stage_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "sequence" INTEGER,
  "template_id" INTEGER NOT NULL CONSTRAINT "ai_project_stage_template_id_fkey" REFERENCES "ai_project_template" (id) ON DELETE CASCADE,
  "execution_mode" TEXT NOT NULL,
  "ai_template_id" INTEGER CONSTRAINT "ai_project_stage_ai_template_id_fkey" REFERENCES "ai_template" (id) ON DELETE RESTRICT,
  "provider_id" INTEGER CONSTRAINT "ai_project_stage_provider_id_fkey" REFERENCES "ai_provider" (id) ON DELETE RESTRICT,
  "system_action" TEXT,
  "system_params" TEXT,
  "cli_command" TEXT,
  "max_iterations" INTEGER,
  "requires_approval" INTEGER,
  "approval_type" TEXT,
  "allow_feedback" INTEGER,
  "approver_group_id" INTEGER CONSTRAINT "ai_project_stage_approver_group_id_fkey" REFERENCES "res_groups" (id) ON DELETE RESTRICT,
  "approval_timeout" INTEGER,
  "auto_advance" INTEGER,
  "transition_condition" TEXT,
  "transition_delay" INTEGER,
  "next_stage_id" INTEGER CONSTRAINT "ai_project_stage_next_stage_id_fkey" REFERENCES "ai_project_stage" (id) ON DELETE SET NULL,
  "is_final" INTEGER,
  "fold" INTEGER
);
CREATE TABLE "ai_project_template" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_project_template_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_project_template_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "description" TEXT,
  "active" INTEGER,
  "default_provider_id" INTEGER CONSTRAINT "ai_project_template_default_provider_id_fkey" REFERENCES "ai_provider" (id) ON DELETE RESTRICT,
  "default_params" TEXT,
  "workflow_class" TEXT,
  CONSTRAINT "ai_project_template_code_uniq" UNIQUE (code)
);
CREATE TABLE "ai_provider" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_provider_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_provider_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "sequence" INTEGER,
  "active" INTEGER,
  "provider_type" TEXT NOT NULL,
  "api_key_sealed" TEXT,
  "model" TEXT,
  "api_base" TEXT,
  "api_version" TEXT,
  "requests_per_minute" INTEGER,
  "tokens_per_minute" INTEGER,
  "max_concurrency" INTEGER,
  "timeout" INTEGER,
  "first_byte_timeout" INTEGER,
  "max_attempts" INTEGER,
  CONSTRAINT "ai_provider_limits_not_negative" CHECK (requests_per_minute >= 0 AND tokens_per_minute >= 0 AND max_concurrency >= 0 AND timeout >= 0 AND max_attempts >= 0)
);
CREATE TABLE "ai_template" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "ai_template_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "ai_template_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "active" INTEGER,
  "system_prompt" TEXT,
  "user_prompt" TEXT NOT NULL,
  "output_format" TEXT NOT NULL,
  "output_schema" TEXT,
  "artifact_type" TEXT NOT NULL,
  "temperature" REAL,
  "max_tokens" INTEGER,
  CONSTRAINT "ai_template_code_uniq" UNIQUE (code)
);
CREATE TABLE "ir_act_window_group_rel" (
  "act_id" INTEGER NOT NULL CONSTRAINT "ir_act_window_group_rel_act_id_fkey" REFERENCES "ir_act_window" (id) ON DELETE CASCADE,
  "gid" INTEGER NOT NULL CONSTRAINT "ir_act_window_group_rel_gid_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("act_id", "gid")
);
CREATE TABLE "res_groups_report_rel" (
  "uid" INTEGER NOT NULL CONSTRAINT "res_groups_report_rel_uid_fkey" REFERENCES "ir_act_report_xml" (id) ON DELETE CASCADE,
  "gid" INTEGER NOT NULL CONSTRAINT "res_groups_report_rel_gid_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("uid", "gid")
);
CREATE TABLE "rel_server_actions" (
  "server_id" INTEGER NOT NULL CONSTRAINT "rel_server_actions_server_id_fkey" REFERENCES "ir_act_server" (id) ON DELETE CASCADE,
  "action_id" INTEGER NOT NULL CONSTRAINT "rel_server_actions_action_id_fkey" REFERENCES "ir_act_server" (id) ON DELETE CASCADE,
  PRIMARY KEY ("server_id", "action_id")
);
CREATE TABLE "ir_act_server_group_rel" (
  "act_id" INTEGER NOT NULL CONSTRAINT "ir_act_server_group_rel_act_id_fkey" REFERENCES "ir_act_server" (id) ON DELETE CASCADE,
  "gid" INTEGER NOT NULL CONSTRAINT "ir_act_server_group_rel_gid_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("act_id", "gid")
);
CREATE TABLE "ir_act_server_webhook_field_rel" (
  "server_id" INTEGER NOT NULL CONSTRAINT "ir_act_server_webhook_field_rel_server_id_fkey" REFERENCES "ir_act_server" (id) ON DELETE CASCADE,
  "field_id" INTEGER NOT NULL CONSTRAINT "ir_act_server_webhook_field_rel_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  PRIMARY KEY ("server_id", "field_id")
);
CREATE TABLE "ir_act_server_res_partner_rel" (
  "ir_act_server_id" INTEGER NOT NULL CONSTRAINT "ir_act_server_res_partner_rel_ir_act_server_id_fkey" REFERENCES "ir_act_server" (id) ON DELETE CASCADE,
  "res_partner_id" INTEGER NOT NULL CONSTRAINT "ir_act_server_res_partner_rel_res_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  PRIMARY KEY ("ir_act_server_id", "res_partner_id")
);
CREATE TABLE "ir_embedded_actions_res_groups_rel" (
  "ir_embedded_actions_id" INTEGER NOT NULL CONSTRAINT "ir_embedded_actions_res_groups_rel_ir_embedded_actions_id_fkey" REFERENCES "ir_embedded_actions" (id) ON DELETE CASCADE,
  "res_groups_id" INTEGER NOT NULL CONSTRAINT "ir_embedded_actions_res_groups_rel_res_groups_id_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("ir_embedded_actions_id", "res_groups_id")
);
CREATE TABLE "ir_model_fields_group_rel" (
  "field_id" INTEGER NOT NULL CONSTRAINT "ir_model_fields_group_rel_field_id_fkey" REFERENCES "ir_model_fields" (id) ON DELETE CASCADE,
  "group_id" INTEGER NOT NULL CONSTRAINT "ir_model_fields_group_rel_group_id_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("field_id", "group_id")
);
CREATE TABLE "module_country" (
  "module_id" INTEGER NOT NULL CONSTRAINT "module_country_module_id_fkey" REFERENCES "ir_module_module" (id) ON DELETE CASCADE,
  "country_id" INTEGER NOT NULL CONSTRAINT "module_country_country_id_fkey" REFERENCES "res_country" (id) ON DELETE CASCADE,
  PRIMARY KEY ("module_id", "country_id")
);
CREATE TABLE "rule_group_rel" (
  "rule_group_id" INTEGER NOT NULL CONSTRAINT "rule_group_rel_rule_group_id_fkey" REFERENCES "ir_rule" (id) ON DELETE CASCADE,
  "group_id" INTEGER NOT NULL CONSTRAINT "rule_group_rel_group_id_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("rule_group_id", "group_id")
);
CREATE TABLE "ir_ui_menu_group_rel" (
  "menu_id" INTEGER NOT NULL CONSTRAINT "ir_ui_menu_group_rel_menu_id_fkey" REFERENCES "ir_ui_menu" (id) ON DELETE CASCADE,
  "gid" INTEGER NOT NULL CONSTRAINT "ir_ui_menu_group_rel_gid_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("menu_id", "gid")
);
CREATE TABLE "ir_ui_view_group_rel" (
  "view_id" INTEGER NOT NULL CONSTRAINT "ir_ui_view_group_rel_view_id_fkey" REFERENCES "ir_ui_view" (id) ON DELETE CASCADE,
  "group_id" INTEGER NOT NULL CONSTRAINT "ir_ui_view_group_rel_group_id_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("view_id", "group_id")
);
CREATE TABLE "res_company_users_rel" (
  "cid" INTEGER NOT NULL CONSTRAINT "res_company_users_rel_cid_fkey" REFERENCES "res_company" (id) ON DELETE CASCADE,
  "user_id" INTEGER NOT NULL CONSTRAINT "res_company_users_rel_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  PRIMARY KEY ("cid", "user_id")
);
CREATE TABLE "res_country_res_country_group_rel" (
  "res_country_group_id" INTEGER NOT NULL CONSTRAINT "res_country_res_country_group_rel_res_country_group_id_fkey" REFERENCES "res_country_group" (id) ON DELETE CASCADE,
  "res_country_id" INTEGER NOT NULL CONSTRAINT "res_country_res_country_group_rel_res_country_id_fkey" REFERENCES "res_country" (id) ON DELETE CASCADE,
  PRIMARY KEY ("res_country_group_id", "res_country_id")
);
CREATE TABLE "res_groups_implied_rel" (
  "gid" INTEGER NOT NULL CONSTRAINT "res_groups_implied_rel_gid_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  "hid" INTEGER NOT NULL CONSTRAINT "res_groups_implied_rel_hid_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  PRIMARY KEY ("gid", "hid")
);
CREATE TABLE "res_groups_users_rel" (
  "gid" INTEGER NOT NULL CONSTRAINT "res_groups_users_rel_gid_fkey" REFERENCES "res_groups" (id) ON DELETE CASCADE,
  "uid" INTEGER NOT NULL CONSTRAINT "res_groups_users_rel_uid_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  PRIMARY KEY ("gid", "uid")
);
CREATE TABLE "res_partner_res_partner_category_rel" (
  "category_id" INTEGER NOT NULL CONSTRAINT "res_partner_res_partner_category_rel_category_id_fkey" REFERENCES "res_partner_category" (id) ON DELETE CASCADE,
  "partner_id" INTEGER NOT NULL CONSTRAINT "res_partner_res_partner_category_rel_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  PRIMARY KEY ("category_id", "partner_id")
);
CREATE TABLE "mail_message_res_partner_starred_rel" (
  "res_partner_id" INTEGER NOT NULL CONSTRAINT "mail_message_res_partner_starred_rel_res_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  "mail_message_id" INTEGER NOT NULL CONSTRAINT "mail_message_res_partner_starred_rel_mail_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE,
  PRIMARY KEY ("res_partner_id", "mail_message_id")
);
CREATE TABLE "activity_attachment_rel" (
  "activity_id" INTEGER NOT NULL CONSTRAINT "activity_attachment_rel_activity_id_fkey" REFERENCES "mail_activity" (id) ON DELETE CASCADE,
  "attachment_id" INTEGER NOT NULL CONSTRAINT "activity_attachment_rel_attachment_id_fkey" REFERENCES "ir_attachment" (id) ON DELETE CASCADE,
  PRIMARY KEY ("activity_id", "attachment_id")
);
CREATE TABLE "mail_activity_type_mail_template_rel" (
  "mail_activity_type_id" INTEGER NOT NULL CONSTRAINT "mail_activity_type_mail_template_rel_mail_activity_type_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE CASCADE,
  "mail_template_id" INTEGER NOT NULL CONSTRAINT "mail_activity_type_mail_template_rel_mail_template_id_fkey" REFERENCES "mail_template" (id) ON DELETE CASCADE,
  PRIMARY KEY ("mail_activity_type_id", "mail_template_id")
);
CREATE TABLE "mail_activity_rel" (
  "recommended_id" INTEGER NOT NULL CONSTRAINT "mail_activity_rel_recommended_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE CASCADE,
  "activity_id" INTEGER NOT NULL CONSTRAINT "mail_activity_rel_activity_id_fkey" REFERENCES "mail_activity_type" (id) ON DELETE CASCADE,
  PRIMARY KEY ("recommended_id", "activity_id")
);
CREATE TABLE "mail_followers_mail_message_subtype_rel" (
  "mail_followers_id" INTEGER NOT NULL CONSTRAINT "mail_followers_mail_message_subtype_rel_mail_followers_id_fkey" REFERENCES "mail_followers" (id) ON DELETE CASCADE,
  "mail_message_subtype_id" INTEGER NOT NULL CONSTRAINT "mail_followers_mail_message_subtype_rel_mail_message_subtype_id_fkey" REFERENCES "mail_message_subtype" (id) ON DELETE CASCADE,
  PRIMARY KEY ("mail_followers_id", "mail_message_subtype_id")
);
CREATE TABLE "mail_mail_res_partner_rel" (
  "mail_mail_id" INTEGER NOT NULL CONSTRAINT "mail_mail_res_partner_rel_mail_mail_id_fkey" REFERENCES "mail_mail" (id) ON DELETE CASCADE,
  "res_partner_id" INTEGER NOT NULL CONSTRAINT "mail_mail_res_partner_rel_res_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  PRIMARY KEY ("mail_mail_id", "res_partner_id")
);
CREATE TABLE "message_attachment_rel" (
  "message_id" INTEGER NOT NULL CONSTRAINT "message_attachment_rel_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE,
  "attachment_id" INTEGER NOT NULL CONSTRAINT "message_attachment_rel_attachment_id_fkey" REFERENCES "ir_attachment" (id) ON DELETE CASCADE,
  PRIMARY KEY ("message_id", "attachment_id")
);
CREATE TABLE "mail_message_res_partner_rel" (
  "mail_message_id" INTEGER NOT NULL CONSTRAINT "mail_message_res_partner_rel_mail_message_id_fkey" REFERENCES "mail_message" (id) ON DELETE CASCADE,
  "res_partner_id" INTEGER NOT NULL CONSTRAINT "mail_message_res_partner_rel_res_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  PRIMARY KEY ("mail_message_id", "res_partner_id")
);
CREATE TABLE "email_template_attachment_rel" (
  "email_template_id" INTEGER NOT NULL CONSTRAINT "email_template_attachment_rel_email_template_id_fkey" REFERENCES "mail_template" (id) ON DELETE CASCADE,
  "attachment_id" INTEGER NOT NULL CONSTRAINT "email_template_attachment_rel_attachment_id_fkey" REFERENCES "ir_attachment" (id) ON DELETE CASCADE,
  PRIMARY KEY ("email_template_id", "attachment_id")
);
CREATE TABLE "project_favorite_user_rel" (
  "project_id" INTEGER NOT NULL CONSTRAINT "project_favorite_user_rel_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "user_id" INTEGER NOT NULL CONSTRAINT "project_favorite_user_rel_user_id_fkey" REFERENCES "res_users" (id) ON DELETE CASCADE,
  PRIMARY KEY ("project_id", "user_id")
);
CREATE TABLE "project_project_project_tags_rel" (
  "project_project_id" INTEGER NOT NULL CONSTRAINT "project_project_project_tags_rel_project_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "project_tags_id" INTEGER NOT NULL CONSTRAINT "project_project_project_tags_rel_project_tags_id_fkey" REFERENCES "project_tags" (id) ON DELETE CASCADE,
  PRIMARY KEY ("project_project_id", "project_tags_id")
);
CREATE TABLE "project_task_type_rel" (
  "project_id" INTEGER NOT NULL CONSTRAINT "project_task_type_rel_project_id_fkey" REFERENCES "project_project" (id) ON DELETE CASCADE,
  "type_id" INTEGER NOT NULL CONSTRAINT "project_task_type_rel_type_id_fkey" REFERENCES "project_task_type" (id) ON DELETE CASCADE,
  PRIMARY KEY ("project_id", "type_id")
);
CREATE TABLE "project_share_wizard_res_partner_rel" (
  "project_share_wizard_id" INTEGER NOT NULL CONSTRAINT "project_share_wizard_res_partner_rel_project_share_wizard_id_fkey" REFERENCES "project_share_wizard" (id) ON DELETE CASCADE,
  "res_partner_id" INTEGER NOT NULL CONSTRAINT "project_share_wizard_res_partner_rel_res_partner_id_fkey" REFERENCES "res_partner" (id) ON DELETE CASCADE,
  PRIMARY KEY ("project_share_wizard_id", "res_partner_id")
);
CREATE TABLE "project_tags_project_task_rel" (
  "project_tags_id" INTEGER NOT NULL CONSTRAINT "project_tags_project_task_rel_project_tags_id_fkey" REFERENCES "project_tags" (id) ON DELETE CASCADE,
  "project_task_id" INTEGER NOT NULL CONSTRAINT "project_tags_project_task_rel_project_task_id_fkey" REFERENCES "project_task" (id) ON DELETE CASCADE,
  PRIMARY KEY ("project_tags_id", "project_task_id")
);
CREATE TABLE "task_dependencies_rel" (
  "task_id" INTEGER NOT NULL CONSTRAINT "task_dependencies_rel_task_id_fkey" REFERENCES "project_task" (id) ON DELETE CASCADE,
  "depends_on_id" INTEGER NOT NULL CONSTRAINT "task_dependencies_rel_depends_on_id_fkey" REFERENCES "project_task" (id) ON DELETE CASCADE,
  PRIMARY KEY ("task_id", "depends_on_id")
);
CREATE INDEX "ir_act_window_view__act_window_id_index" ON "ir_act_window_view" ("act_window_id");
CREATE UNIQUE INDEX "act_window_view_unique_mode_per_action" ON "ir_act_window_view" (act_window_id, view_mode);
CREATE INDEX "ir_act_server__model_id_index" ON "ir_act_server" ("model_id");
CREATE INDEX "ir_actions_todo__action_id_index" ON "ir_actions_todo" ("action_id");
CREATE INDEX "ir_attachment__store_fname_index" ON "ir_attachment" ("store_fname");
CREATE INDEX "ir_attachment__url_index" ON "ir_attachment" ("url");
CREATE INDEX "ir_default__field_id_index" ON "ir_default" ("field_id");
CREATE INDEX "ir_default__user_id_index" ON "ir_default" ("user_id");
CREATE INDEX "ir_default__company_id_index" ON "ir_default" ("company_id");
CREATE INDEX "ir_embedded_actions__parent_action_id_index" ON "ir_embedded_actions" ("parent_action_id");
CREATE INDEX "ir_exports_line__export_id_index" ON "ir_exports_line" ("export_id");
CREATE INDEX "ir_exports__resource_index" ON "ir_exports" ("resource");
CREATE INDEX "ir_filters__embedded_action_id_index" ON "ir_filters" ("embedded_action_id");
CREATE INDEX "ir_model_access__group_id_index" ON "ir_model_access" ("group_id");
CREATE INDEX "ir_model_access__model_id_index" ON "ir_model_access" ("model_id");
CREATE INDEX "ir_model_access__name_index" ON "ir_model_access" ("name");
CREATE INDEX "ir_model_constraint__name_index" ON "ir_model_constraint" ("name");
CREATE INDEX "ir_model_constraint__model_index" ON "ir_model_constraint" ("model");
CREATE INDEX "ir_model_constraint__module_index" ON "ir_model_constraint" ("module");
CREATE INDEX "ir_model_constraint__type_index" ON "ir_model_constraint" ("type");
CREATE UNIQUE INDEX "ir_model_data_module_name_uniq_index" ON "ir_model_data" (module, name);
CREATE INDEX "ir_model_data_model_res_id_index" ON "ir_model_data" (model, res_id);
CREATE INDEX "ir_model_fields_selection__field_id_index" ON "ir_model_fields_selection" ("field_id");
CREATE INDEX "ir_model_fields__complete_name_index" ON "ir_model_fields" ("complete_name");
CREATE INDEX "ir_model_fields__model_index" ON "ir_model_fields" ("model");
CREATE INDEX "ir_model_fields__model_id_index" ON "ir_model_fields" ("model_id");
CREATE INDEX "ir_model_fields__name_index" ON "ir_model_fields" ("name");
CREATE INDEX "ir_model_fields__state_index" ON "ir_model_fields" ("state");
CREATE INDEX "ir_model_relation__name_index" ON "ir_model_relation" ("name");
CREATE INDEX "ir_model_relation__model_index" ON "ir_model_relation" ("model");
CREATE INDEX "ir_model_relation__module_index" ON "ir_model_relation" ("module");
CREATE INDEX "ir_module_category__name_index" ON "ir_module_category" ("name");
CREATE INDEX "ir_module_category__parent_id_index" ON "ir_module_category" ("parent_id");
CREATE INDEX "ir_module_module_dependency__name_index" ON "ir_module_module_dependency" ("name");
CREATE INDEX "ir_module_module_dependency__module_id_index" ON "ir_module_module_dependency" ("module_id");
CREATE INDEX "ir_module_module_exclusion__name_index" ON "ir_module_module_exclusion" ("name");
CREATE INDEX "ir_module_module_exclusion__module_id_index" ON "ir_module_module_exclusion" ("module_id");
CREATE INDEX "ir_module_module__category_id_index" ON "ir_module_module" ("category_id");
CREATE INDEX "ir_module_module__state_index" ON "ir_module_module" ("state");
CREATE INDEX "ir_rule__model_id_index" ON "ir_rule" ("model_id");
CREATE INDEX "ir_rule__name_index" ON "ir_rule" ("name");
CREATE INDEX "ir_sequence_date_range__sequence_id_index" ON "ir_sequence_date_range" ("sequence_id");
CREATE INDEX "ir_ui_menu__parent_id_index" ON "ir_ui_menu" ("parent_id");
CREATE INDEX "ir_ui_menu__parent_path_index" ON "ir_ui_menu" ("parent_path");
CREATE INDEX "ir_ui_view__inherit_id_index" ON "ir_ui_view" ("inherit_id");
CREATE INDEX "ir_ui_view__key_index" ON "ir_ui_view" ("key");
CREATE INDEX "ir_ui_view__model_index" ON "ir_ui_view" ("model");
CREATE INDEX "res_bank__bic_index" ON "res_bank" ("bic");
CREATE INDEX "res_company__parent_id_index" ON "res_company" ("parent_id");
CREATE INDEX "res_company__alias_domain_id_index" ON "res_company" ("alias_domain_id");
CREATE INDEX "res_company__parent_path_index" ON "res_company" ("parent_path");
CREATE INDEX "res_country_state__country_id_index" ON "res_country_state" ("country_id");
CREATE INDEX "res_currency_rate__name_index" ON "res_currency_rate" ("name");
CREATE INDEX "res_currency_rate__currency_id_index" ON "res_currency_rate" ("currency_id");
CREATE INDEX "res_device__session_identifier_index" ON "res_device" ("session_identifier");
CREATE INDEX "res_device__user_id_index" ON "res_device" ("user_id");
CREATE INDEX "res_device__last_activity_index" ON "res_device" ("last_activity");
CREATE INDEX "res_groups__category_id_index" ON "res_groups" ("category_id");
CREATE INDEX "res_partner_bank__partner_id_index" ON "res_partner_bank" ("partner_id");
CREATE INDEX "res_partner_category__parent_id_index" ON "res_partner_category" ("parent_id");
CREATE INDEX "res_partner_category__parent_path_index" ON "res_partner_category" ("parent_path");
CREATE INDEX "res_partner__barcode_index" ON "res_partner" ("barcode");
CREATE INDEX "res_partner__commercial_partner_id_index" ON "res_partner" ("commercial_partner_id");
CREATE INDEX "res_partner__company_id_index" ON "res_partner" ("company_id");
CREATE INDEX "res_partner__complete_name_index" ON "res_partner" ("complete_name");
CREATE INDEX "res_partner__name_index" ON "res_partner" ("name");
CREATE INDEX "res_partner__parent_id_index" ON "res_partner" ("parent_id");
CREATE INDEX "res_partner__ref_index" ON "res_partner" ("ref");
CREATE INDEX "res_partner__vat_index" ON "res_partner" ("vat");
CREATE INDEX "res_users_apikeys__user_id_index" ON "res_users_apikeys" ("user_id");
CREATE INDEX "res_users_log__create_uid_index" ON "res_users_log" ("create_uid");
CREATE INDEX "res_users_settings__user_id_index" ON "res_users_settings" ("user_id");
CREATE INDEX "res_users__partner_id_index" ON "res_users" ("partner_id");
CREATE INDEX "ir_mail_server__name_index" ON "ir_mail_server" ("name");
CREATE INDEX "mail_activity__date_deadline_index" ON "mail_activity" ("date_deadline");
CREATE INDEX "mail_activity__res_id_index" ON "mail_activity" ("res_id");
CREATE INDEX "mail_activity__res_model_index" ON "mail_activity" ("res_model");
CREATE INDEX "mail_activity__res_model_id_index" ON "mail_activity" ("res_model_id");
CREATE INDEX "mail_activity__user_id_index" ON "mail_activity" ("user_id");
CREATE INDEX "mail_alias__alias_full_name_index" ON "mail_alias" ("alias_full_name");
CREATE UNIQUE INDEX "mail_alias_name_domain_unique" ON "mail_alias" (alias_name, coalesce(alias_domain_id, 0));
CREATE INDEX "mail_followers__partner_id_index" ON "mail_followers" ("partner_id");
CREATE INDEX "mail_followers__res_id_index" ON "mail_followers" ("res_id");
CREATE INDEX "mail_followers__res_model_index" ON "mail_followers" ("res_model");
CREATE INDEX "mail_mail__mail_message_id_index" ON "mail_mail" ("mail_message_id");
CREATE INDEX "mail_message_reaction__message_id_index" ON "mail_message_reaction" ("message_id");
CREATE UNIQUE INDEX "mail_message_reaction_partner_unique" ON "mail_message_reaction" (message_id, content, partner_id);
CREATE INDEX "mail_message__author_id_index" ON "mail_message" ("author_id");
CREATE INDEX "mail_message__mail_activity_type_id_index" ON "mail_message" ("mail_activity_type_id");
CREATE INDEX "mail_message__message_id_index" ON "mail_message" ("message_id");
CREATE INDEX "mail_message__parent_id_index" ON "mail_message" ("parent_id");
CREATE INDEX "mail_message__res_id_index" ON "mail_message" ("res_id");
CREATE INDEX "mail_message__subtype_id_index" ON "mail_message" ("subtype_id");
CREATE INDEX "mail_notification__mail_message_id_index" ON "mail_notification" ("mail_message_id");
CREATE INDEX "mail_notification__mail_mail_id_index" ON "mail_notification" ("mail_mail_id");
CREATE INDEX "mail_notification__res_partner_id_index" ON "mail_notification" ("res_partner_id");
CREATE INDEX "mail_notification__notification_type_index" ON "mail_notification" ("notification_type");
CREATE INDEX "mail_notification__notification_status_index" ON "mail_notification" ("notification_status");
CREATE INDEX "mail_notification__is_read_index" ON "mail_notification" ("is_read");
CREATE INDEX "mail_template__model_index" ON "mail_template" ("model");
CREATE INDEX "mail_tracking_value__field_id_index" ON "mail_tracking_value" ("field_id");
CREATE INDEX "mail_tracking_value__mail_message_id_index" ON "mail_tracking_value" ("mail_message_id");
CREATE INDEX "account_analytic_account__name_index" ON "account_analytic_account" ("name");
CREATE INDEX "account_analytic_account__code_index" ON "account_analytic_account" ("code");
CREATE INDEX "rating_rating__res_model_id_index" ON "rating_rating" ("res_model_id");
CREATE INDEX "rating_rating__res_model_index" ON "rating_rating" ("res_model");
CREATE INDEX "rating_rating__res_id_index" ON "rating_rating" ("res_id");
CREATE INDEX "rating_rating__parent_res_model_id_index" ON "rating_rating" ("parent_res_model_id");
CREATE INDEX "rating_rating__parent_res_model_index" ON "rating_rating" ("parent_res_model");
CREATE INDEX "rating_rating__parent_res_id_index" ON "rating_rating" ("parent_res_id");
CREATE INDEX "rating_rating__message_id_index" ON "rating_rating" ("message_id");
CREATE INDEX "resource_calendar_attendance__dayofweek_index" ON "resource_calendar_attendance" ("dayofweek");
CREATE INDEX "resource_calendar_attendance__hour_from_index" ON "resource_calendar_attendance" ("hour_from");
CREATE INDEX "resource_calendar_attendance__calendar_id_index" ON "resource_calendar_attendance" ("calendar_id");
CREATE INDEX "resource_calendar__company_id_index" ON "resource_calendar" ("company_id");
CREATE INDEX "project_collaborator__project_id_index" ON "project_collaborator" ("project_id");
CREATE INDEX "project_milestone__project_id_index" ON "project_milestone" ("project_id");
CREATE INDEX "project_project__account_id_index" ON "project_project" ("account_id");
CREATE INDEX "project_project__date_index" ON "project_project" ("date");
CREATE INDEX "project_project__name_index" ON "project_project" ("name");
CREATE INDEX "project_project__partner_id_index" ON "project_project" ("partner_id");
CREATE INDEX "project_project__ai_template_id_index" ON "project_project" ("ai_template_id");
CREATE INDEX "project_project__ai_state_index" ON "project_project" ("ai_state");
CREATE INDEX "project_project__stage_id_index" ON "project_project" ("stage_id");
CREATE INDEX "project_share_collaborator_wizard__parent_wizard_id_index" ON "project_share_collaborator_wizard" ("parent_wizard_id");
CREATE INDEX "project_task_user_rel__task_id_index" ON "project_task_user_rel" ("task_id");
CREATE INDEX "project_task_user_rel__user_id_index" ON "project_task_user_rel" ("user_id");
CREATE INDEX "project_task__create_date_index" ON "project_task" ("create_date");
CREATE INDEX "project_task__date_deadline_index" ON "project_task" ("date_deadline");
CREATE INDEX "project_task__date_end_index" ON "project_task" ("date_end");
CREATE INDEX "project_task__date_last_stage_update_index" ON "project_task" ("date_last_stage_update");
CREATE INDEX "project_task__milestone_id_index" ON "project_task" ("milestone_id");
CREATE INDEX "project_task__name_index" ON "project_task" ("name");
CREATE INDEX "project_task__parent_id_index" ON "project_task" ("parent_id");
CREATE INDEX "project_task__partner_id_index" ON "project_task" ("partner_id");
CREATE INDEX "project_task__priority_index" ON "project_task" ("priority");
CREATE INDEX "project_task__project_id_index" ON "project_task" ("project_id");
CREATE INDEX "project_task__recurrence_id_index" ON "project_task" ("recurrence_id");
CREATE INDEX "project_task__stage_id_index" ON "project_task" ("stage_id");
CREATE INDEX "project_task__state_index" ON "project_task" ("state");
CREATE INDEX "project_task__ai_stage_id_index" ON "project_task" ("ai_stage_id");
CREATE INDEX "project_task_type__user_id_index" ON "project_task_type" ("user_id");
CREATE INDEX "project_update__project_id_index" ON "project_update" ("project_id");
CREATE INDEX "ai_artifact__project_id_index" ON "ai_artifact" ("project_id");
CREATE INDEX "ai_artifact__task_id_index" ON "ai_artifact" ("task_id");
CREATE INDEX "ai_event__project_id_index" ON "ai_event" ("project_id");
CREATE INDEX "ai_job__state_index" ON "ai_job" ("state");
CREATE INDEX "ai_job__project_id_index" ON "ai_job" ("project_id");
CREATE INDEX "ai_job__task_id_index" ON "ai_job" ("task_id");
CREATE INDEX "ai_job__provider_id_index" ON "ai_job" ("provider_id");
CREATE INDEX "ai_job__eta_index" ON "ai_job" ("eta");
CREATE UNIQUE INDEX "ai_job_identity_open_uniq" ON "ai_job" (identity_key) WHERE state IN ('wait', 'pending', 'started');
CREATE INDEX "ai_project_stage__template_id_index" ON "ai_project_stage" ("template_id");
CREATE INDEX "ir_act_window_group_rel_gid_act_id_idx" ON "ir_act_window_group_rel" ("gid", "act_id");
CREATE INDEX "res_groups_report_rel_gid_uid_idx" ON "res_groups_report_rel" ("gid", "uid");
CREATE INDEX "rel_server_actions_action_id_server_id_idx" ON "rel_server_actions" ("action_id", "server_id");
CREATE INDEX "ir_act_server_group_rel_gid_act_id_idx" ON "ir_act_server_group_rel" ("gid", "act_id");
CREATE INDEX "ir_act_server_webhook_field_rel_field_id_server_id_idx" ON "ir_act_server_webhook_field_rel" ("field_id", "server_id");
CREATE INDEX "ir_act_server_res_partner_rel_res_partner_id_ir_act_server_id_idx" ON "ir_act_server_res_partner_rel" ("res_partner_id", "ir_act_server_id");
CREATE INDEX "ir_embedded_actions_res_groups_rel_res_groups_id_ir_embedded_actions_id_idx" ON "ir_embedded_actions_res_groups_rel" ("res_groups_id", "ir_embedded_actions_id");
CREATE INDEX "ir_model_fields_group_rel_group_id_field_id_idx" ON "ir_model_fields_group_rel" ("group_id", "field_id");
CREATE INDEX "module_country_country_id_module_id_idx" ON "module_country" ("country_id", "module_id");
CREATE INDEX "rule_group_rel_group_id_rule_group_id_idx" ON "rule_group_rel" ("group_id", "rule_group_id");
CREATE INDEX "ir_ui_menu_group_rel_gid_menu_id_idx" ON "ir_ui_menu_group_rel" ("gid", "menu_id");
CREATE INDEX "ir_ui_view_group_rel_group_id_view_id_idx" ON "ir_ui_view_group_rel" ("group_id", "view_id");
CREATE INDEX "res_company_users_rel_user_id_cid_idx" ON "res_company_users_rel" ("user_id", "cid");
CREATE INDEX "res_country_res_country_group_rel_res_country_id_res_country_group_id_idx" ON "res_country_res_country_group_rel" ("res_country_id", "res_country_group_id");
CREATE INDEX "res_groups_implied_rel_hid_gid_idx" ON "res_groups_implied_rel" ("hid", "gid");
CREATE INDEX "res_groups_users_rel_uid_gid_idx" ON "res_groups_users_rel" ("uid", "gid");
CREATE INDEX "res_partner_res_partner_category_rel_partner_id_category_id_idx" ON "res_partner_res_partner_category_rel" ("partner_id", "category_id");
CREATE INDEX "mail_message_res_partner_starred_rel_mail_message_id_res_partner_id_idx" ON "mail_message_res_partner_starred_rel" ("mail_message_id", "res_partner_id");
CREATE INDEX "activity_attachment_rel_attachment_id_activity_id_idx" ON "activity_attachment_rel" ("attachment_id", "activity_id");
CREATE INDEX "mail_activity_type_mail_template_rel_mail_template_id_mail_activity_type_id_idx" ON "mail_activity_type_mail_template_rel" ("mail_template_id", "mail_activity_type_id");
CREATE INDEX "mail_activity_rel_activity_id_recommended_id_idx" ON "mail_activity_rel" ("activity_id", "recommended_id");
CREATE INDEX "mail_followers_mail_message_subtype_rel_mail_message_subtype_id_mail_followers_id_idx" ON "mail_followers_mail_message_subtype_rel" ("mail_message_subtype_id", "mail_followers_id");
CREATE INDEX "mail_mail_res_partner_rel_res_partner_id_mail_mail_id_idx" ON "mail_mail_res_partner_rel" ("res_partner_id", "mail_mail_id");
CREATE INDEX "message_attachment_rel_attachment_id_message_id_idx" ON "message_attachment_rel" ("attachment_id", "message_id");
CREATE INDEX "mail_message_res_partner_rel_res_partner_id_mail_message_id_idx" ON "mail_message_res_partner_rel" ("res_partner_id", "mail_message_id");
CREATE INDEX "email_template_attachment_rel_attachment_id_email_template_id_idx" ON "email_template_attachment_rel" ("attachment_id", "email_template_id");
CREATE INDEX "project_favorite_user_rel_user_id_project_id_idx" ON "project_favorite_user_rel" ("user_id", "project_id");
CREATE INDEX "project_project_project_tags_rel_project_tags_id_project_project_id_idx" ON "project_project_project_tags_rel" ("project_tags_id", "project_project_id");
CREATE INDEX "project_task_type_rel_type_id_project_id_idx" ON "project_task_type_rel" ("type_id", "project_id");
CREATE INDEX "project_share_wizard_res_partner_rel_res_partner_id_project_share_wizard_id_idx" ON "project_share_wizard_res_partner_rel" ("res_partner_id", "project_share_wizard_id");
CREATE INDEX "project_tags_project_task_rel_project_task_id_project_tags_id_idx" ON "project_tags_project_task_rel" ("project_task_id", "project_tags_id");
CREATE INDEX "task_dependencies_rel_depends_on_id_task_id_idx" ON "task_dependencies_rel" ("depends_on_id", "task_id");
