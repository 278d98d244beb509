CREATE TABLE "ir_act_url" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "type" varchar NOT NULL,
  "path" varchar,
  "help" jsonb,
  "binding_model_id" int4,
  "binding_type" varchar NOT NULL,
  "binding_view_types" varchar,
  "url" varchar NOT NULL,
  "target" varchar NOT NULL,
  CONSTRAINT "ir_act_url_path_unique" UNIQUE (path)
);
CREATE TABLE "ir_act_window" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "binding_model_id" int4,
  "binding_type" varchar NOT NULL,
  "binding_view_types" varchar,
  "context" varchar NOT NULL,
  "domain" varchar,
  "filter" boolean,
  "help" jsonb,
  "limit" int4,
  "mobile_view_mode" varchar,
  "name" jsonb NOT NULL,
  "path" varchar,
  "res_id" int4,
  "res_model" varchar NOT NULL,
  "search_view_id" int4,
  "target" varchar,
  "type" varchar NOT NULL,
  "usage" varchar,
  "view_id" int4,
  "view_mode" varchar NOT NULL,
  CONSTRAINT "ir_act_window_path_unique" unique(path)
);
CREATE TABLE "ir_act_window_view" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "sequence" int4,
  "view_id" int4,
  "view_mode" varchar NOT NULL,
  "act_window_id" int4,
  "multi" boolean
);
CREATE TABLE "ir_actions_act_window_close" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "type" varchar NOT NULL,
  "path" varchar,
  "help" jsonb,
  "binding_model_id" int4,
  "binding_type" varchar NOT NULL,
  "binding_view_types" varchar
);
CREATE TABLE "ir_actions" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "type" varchar NOT NULL,
  "path" varchar,
  "help" jsonb,
  "binding_model_id" int4,
  "binding_type" varchar NOT NULL,
  "binding_view_types" varchar,
  CONSTRAINT "ir_actions_path_unique" UNIQUE (path)
);
CREATE TABLE "ir_act_client" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "type" varchar NOT NULL,
  "path" varchar,
  "help" jsonb,
  "binding_model_id" int4,
  "binding_type" varchar NOT NULL,
  "binding_view_types" varchar,
  "tag" varchar NOT NULL,
  "target" varchar,
  "res_model" varchar,
  "context" varchar NOT NULL,
  CONSTRAINT "ir_act_client_path_unique" UNIQUE (path)
);
CREATE TABLE "ir_act_report_xml" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "type" varchar NOT NULL,
  "path" varchar,
  "help" jsonb,
  "binding_model_id" int4,
  "binding_type" varchar NOT NULL,
  "binding_view_types" varchar,
  "model" varchar NOT NULL,
  "report_type" varchar NOT NULL,
  "report_name" varchar NOT NULL,
  "report_file" varchar,
  "multi" boolean,
  "paperformat_id" int4,
  "print_report_name" jsonb,
  "attachment_use" boolean,
  "attachment" varchar,
  "domain" varchar
);
CREATE TABLE "ir_act_server" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "binding_model_id" int4,
  "binding_type" varchar NOT NULL,
  "binding_view_types" varchar,
  "code" varchar,
  "crud_model_id" int4,
  "evaluation_type" varchar,
  "help" jsonb,
  "link_field_id" int4,
  "model_id" int4 NOT NULL,
  "model_name" varchar,
  "name" jsonb NOT NULL,
  "path" varchar,
  "resource_ref" varchar,
  "selection_value" int4,
  "sequence" int4,
  "state" varchar NOT NULL,
  "type" varchar NOT NULL,
  "update_boolean_value" varchar,
  "update_field_id" int4,
  "update_m2m_operation" varchar,
  "update_path" varchar,
  "update_related_model_id" int4,
  "usage" varchar NOT NULL,
  "value" varchar,
  "webhook_url" varchar,
  "activity_date_deadline_range" int4,
  "activity_date_deadline_range_type" varchar,
  "activity_note" varchar,
  "activity_summary" varchar,
  "activity_type_id" int4,
  "activity_user_field_name" varchar,
  "activity_user_id" int4,
  "activity_user_type" varchar,
  "mail_post_autofollow" boolean,
  "mail_post_method" varchar,
  "template_id" int4,
  CONSTRAINT "ir_act_server_path_unique" unique(path)
);
CREATE TABLE "ir_actions_todo" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "action_id" int4 NOT NULL,
  "sequence" int4,
  "state" varchar NOT NULL,
  "name" varchar
);
CREATE TABLE "ir_attachment" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "access_token" varchar,
  "checksum" varchar,
  "company_id" int4,
  "db_datas" bytea,
  "description" varchar,
  "file_size" int4,
  "index_content" varchar,
  "mimetype" varchar,
  "name" varchar NOT NULL,
  "public" boolean,
  "res_field" varchar,
  "res_id" int4,
  "res_model" varchar,
  "store_fname" varchar,
  "type" varchar NOT NULL,
  "url" varchar
);
CREATE TABLE "ir_config_parameter" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "key" varchar NOT NULL,
  "value" varchar NOT NULL,
  CONSTRAINT "ir_config_parameter_key_uniq" unique (key)
);
CREATE TABLE "ir_cron" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "cron_name" varchar,
  "failure_count" int4,
  "first_failure_date" timestamp,
  "interval_number" int4 NOT NULL,
  "interval_type" varchar NOT NULL,
  "ir_actions_server_id" int4 NOT NULL,
  "lastcall" timestamp,
  "nextcall" timestamp NOT NULL,
  "priority" int4,
  "user_id" int4 NOT NULL,
  CONSTRAINT "ir_cron_check_strictly_positive_interval" CHECK(interval_number > 0)
);
CREATE TABLE "ir_default" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "field_id" int4 NOT NULL,
  "user_id" int4,
  "company_id" int4,
  "condition" varchar,
  "json_value" varchar NOT NULL
);
CREATE TABLE "ir_embedded_actions" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb,
  "sequence" int4,
  "parent_action_id" int4 NOT NULL,
  "parent_res_id" int4,
  "parent_res_model" varchar NOT NULL,
  "action_id" int4,
  "python_method" varchar,
  "user_id" int4,
  "default_view_mode" varchar,
  "domain" varchar,
  "context" varchar
);
CREATE TABLE "ir_exports_line" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar,
  "export_id" int4
);
CREATE TABLE "ir_exports" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar,
  "resource" varchar
);
CREATE TABLE "ir_filters" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "action_id" int4,
  "active" boolean,
  "context" varchar NOT NULL,
  "domain" varchar NOT NULL,
  "embedded_action_id" int4,
  "embedded_parent_res_id" int4,
  "is_default" boolean,
  "model_id" varchar NOT NULL,
  "name" varchar NOT NULL,
  "sort" varchar NOT NULL,
  "user_id" int4,
  CONSTRAINT "ir_filters_name_model_uid_unique" unique (model_id, user_id, action_id, embedded_action_id, embedded_parent_res_id, name),
  CONSTRAINT "ir_filters_check_res_id_only_when_embedded_action" CHECK( NOT (embedded_parent_res_id IS NOT NULL AND embedded_action_id IS NULL) ),
  CONSTRAINT "ir_filters_check_sort_json" CHECK (sort IS NULL OR sort LIKE '[%]')
);
CREATE TABLE "ir_model_access" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "group_id" int4,
  "model_id" int4 NOT NULL,
  "name" varchar NOT NULL,
  "perm_create" boolean,
  "perm_read" boolean,
  "perm_unlink" boolean,
  "perm_write" boolean
);
CREATE TABLE "ir_model_constraint" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "definition" varchar,
  "message" jsonb,
  "model" int4 NOT NULL,
  "module" int4 NOT NULL,
  "type" varchar NOT NULL,
  CONSTRAINT "ir_model_constraint_module_name_uniq" UNIQUE (name, module)
);
CREATE TABLE "ir_model_data" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "model" varchar NOT NULL,
  "module" varchar NOT NULL,
  "name" varchar NOT NULL,
  "noupdate" boolean,
  "res_id" int4,
  CONSTRAINT "ir_model_data_name_nospaces" CHECK(name NOT LIKE '% %')
);
CREATE TABLE "ir_model_fields_selection" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "field_id" int4 NOT NULL,
  "value" varchar NOT NULL,
  "name" jsonb NOT NULL,
  "sequence" int4,
  CONSTRAINT "ir_model_fields_selection_selection_field_uniq" UNIQUE (field_id, value)
);
CREATE TABLE "ir_model_fields" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "column1" varchar,
  "column2" varchar,
  "company_dependent" boolean,
  "complete_name" varchar,
  "compute" varchar,
  "copied" boolean,
  "currency_field" varchar,
  "depends" varchar,
  "domain" varchar,
  "field_description" jsonb NOT NULL,
  "group_expand" boolean,
  "help" jsonb,
  "index" boolean,
  "model" varchar NOT NULL,
  "model_id" int4 NOT NULL,
  "name" varchar NOT NULL,
  "on_delete" varchar,
  "readonly" boolean,
  "related" varchar,
  "related_field_id" int4,
  "relation" varchar,
  "relation_field" varchar,
  "relation_field_id" int4,
  "relation_table" varchar,
  "required" boolean,
  "sanitize" boolean,
  "sanitize_attributes" boolean,
  "sanitize_form" boolean,
  "sanitize_overridable" boolean,
  "sanitize_style" boolean,
  "sanitize_tags" boolean,
  "selectable" boolean,
  "size" int4,
  "state" varchar NOT NULL,
  "store" boolean,
  "strip_classes" boolean,
  "strip_style" boolean,
  "translate" boolean,
  "ttype" varchar NOT NULL,
  "tracking" int4,
  CONSTRAINT "ir_model_fields_name_unique" UNIQUE(model, name),
  CONSTRAINT "ir_model_fields_size_gt_zero" CHECK (size>=0),
  CONSTRAINT "ir_model_fields_name_manual_field" CHECK (state != 'manual' OR substr(name, 1, 2) = 'x_')
);
CREATE TABLE "ir_model_inherit" (
  "id" serial PRIMARY KEY,
  "model_id" int4 NOT NULL,
  "parent_id" int4 NOT NULL,
  "parent_field_id" int4,
  CONSTRAINT "ir_model_inherit_uniq" UNIQUE (model_id, parent_id)
);
CREATE TABLE "ir_model_relation" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "model" int4 NOT NULL,
  "module" int4 NOT NULL
);
CREATE TABLE "ir_model" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "info" varchar,
  "model" varchar NOT NULL,
  "name" jsonb NOT NULL,
  "order" varchar NOT NULL,
  "state" varchar,
  "transient" boolean,
  "is_mail_activity" boolean,
  "is_mail_blacklist" boolean,
  "is_mail_thread" boolean,
  CONSTRAINT "ir_model_obj_name_uniq" unique (model)
);
CREATE TABLE "ir_module_category" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "parent_id" int4,
  "description" jsonb,
  "sequence" int4,
  "visible" boolean,
  "exclusive" boolean
);
CREATE TABLE "ir_module_module_dependency" (
  "id" serial PRIMARY KEY,
  "name" varchar,
  "module_id" int4,
  "auto_install_required" boolean
);
CREATE TABLE "ir_module_module_exclusion" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar,
  "module_id" int4
);
CREATE TABLE "ir_module_module" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "application" boolean,
  "author" varchar,
  "auto_install" boolean,
  "category_id" int4,
  "contributors" varchar,
  "demo" boolean,
  "description" jsonb,
  "icon" varchar,
  "latest_version" varchar,
  "license" varchar,
  "maintainer" varchar,
  "menus_by_module" varchar,
  "name" varchar NOT NULL,
  "published_version" varchar,
  "reports_by_module" varchar,
  "sequence" int4,
  "shortdesc" jsonb,
  "state" varchar,
  "summary" jsonb,
  "to_buy" boolean,
  "url" varchar,
  "views_by_module" varchar,
  "website" varchar,
  CONSTRAINT "ir_module_module_name_uniq" UNIQUE (name)
);
CREATE TABLE "ir_rule" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "domain_force" varchar,
  "global" boolean,
  "model_id" int4 NOT NULL,
  "name" varchar,
  "perm_create" boolean,
  "perm_read" boolean,
  "perm_unlink" boolean,
  "perm_write" boolean,
  CONSTRAINT "ir_rule_no_access_rights" CHECK (perm_read!=False or perm_write!=False or perm_create!=False or perm_unlink!=False)
);
CREATE TABLE "ir_sequence_date_range" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "date_from" date NOT NULL,
  "date_to" date NOT NULL,
  "sequence_id" int4 NOT NULL,
  "number_next" int4 NOT NULL
);
CREATE TABLE "ir_sequence" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "code" varchar,
  "company_id" int4,
  "implementation" varchar NOT NULL,
  "name" varchar NOT NULL,
  "number_increment" int4 NOT NULL,
  "number_next" int4 NOT NULL,
  "padding" int4 NOT NULL,
  "prefix" varchar,
  "suffix" varchar,
  "use_date_range" boolean
);
CREATE TABLE "ir_ui_menu" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "action" varchar,
  "active" boolean,
  "name" jsonb NOT NULL,
  "parent_id" int4,
  "sequence" int4,
  "web_icon" varchar,
  "parent_path" varchar
);
CREATE TABLE "ir_ui_view" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "arch_db" jsonb,
  "arch_fs" varchar,
  "arch_prev" varchar,
  "arch_updated" boolean,
  "inherit_id" int4,
  "key" varchar,
  "mode" varchar NOT NULL,
  "model" varchar,
  "name" varchar NOT NULL,
  "priority" int4 NOT NULL,
  "type" varchar,
  "customize_show" boolean,
  CONSTRAINT "ir_ui_view_inheritance_mode" CHECK (mode != 'extension' OR inherit_id IS NOT NULL),
  CONSTRAINT "ir_ui_view_qweb_required_key" CHECK (type != 'qweb' OR key IS NOT NULL)
);
CREATE TABLE "report_paperformat" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "default" boolean,
  "format" varchar,
  "margin_top" float8,
  "margin_bottom" float8,
  "margin_left" float8,
  "margin_right" float8,
  "page_height" int4,
  "page_width" int4,
  "orientation" varchar,
  "header_line" boolean,
  "header_spacing" int4,
  "disable_shrinking" boolean,
  "dpi" int4 NOT NULL
);
CREATE TABLE "res_bank" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "street" varchar,
  "street2" varchar,
  "zip" varchar,
  "city" varchar,
  "state" int4,
  "country" int4,
  "email" varchar,
  "phone" varchar,
  "active" boolean,
  "bic" varchar
);
CREATE TABLE "res_company" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "company_details" jsonb,
  "currency_id" int4 NOT NULL,
  "email" varchar,
  "external_report_layout_id" int4,
  "font" varchar,
  "layout_background" varchar NOT NULL,
  "logo_web" bytea,
  "mobile" varchar,
  "name" varchar,
  "paperformat_id" int4,
  "parent_id" int4,
  "partner_id" int4 NOT NULL,
  "phone" varchar,
  "primary_color" varchar,
  "report_footer" jsonb,
  "report_header" jsonb,
  "secondary_color" varchar,
  "sequence" int4,
  "uses_default_logo" boolean,
  "alias_domain_id" int4,
  "alias_domain_name" varchar,
  "email_primary_color" varchar,
  "email_secondary_color" varchar,
  "resource_calendar_id" int4,
  "parent_path" varchar,
  CONSTRAINT "res_company_name_uniq" unique (name)
);
CREATE TABLE "res_country_group" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL
);
CREATE TABLE "res_country_state" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "code" varchar NOT NULL,
  "country_id" int4 NOT NULL,
  "name" varchar NOT NULL,
  CONSTRAINT "res_country_state_name_code_uniq" unique(country_id, code)
);
CREATE TABLE "res_country" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "address_format" varchar,
  "address_view_id" int4,
  "code" varchar NOT NULL,
  "currency_id" int4,
  "name" jsonb NOT NULL,
  "name_position" varchar,
  "phone_code" int4,
  "state_required" boolean,
  "vat_label" jsonb,
  "zip_required" boolean,
  CONSTRAINT "res_country_name_uniq" unique (name),
  CONSTRAINT "res_country_code_uniq" unique (code)
);
CREATE TABLE "res_currency_rate" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" date NOT NULL,
  "rate" float8,
  "currency_id" int4 NOT NULL,
  "company_id" int4,
  CONSTRAINT "res_currency_rate_unique_name_per_day" UNIQUE (name, currency_id, company_id),
  CONSTRAINT "res_currency_rate_currency_rate_check" CHECK (rate > 0)
);
CREATE TABLE "res_currency" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "currency_subunit_label" jsonb,
  "currency_unit_label" jsonb,
  "decimal_places" int4,
  "full_name" varchar,
  "iso_numeric" int4,
  "name" varchar NOT NULL,
  "position" varchar,
  "rounding" numeric,
  "symbol" varchar NOT NULL,
  CONSTRAINT "res_currency_unique_name" unique (name),
  CONSTRAINT "res_currency_rounding_gt_zero" CHECK (rounding>0)
);
CREATE TABLE "res_device" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "session_identifier" varchar NOT NULL,
  "platform" varchar,
  "browser" varchar,
  "ip_address" varchar,
  "country" varchar,
  "city" varchar,
  "device_type" varchar,
  "user_id" int4,
  "first_activity" timestamp,
  "last_activity" timestamp,
  "revoked" boolean
);
CREATE TABLE "res_groups" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "api_key_duration" float8,
  "category_id" int4,
  "color" int4,
  "comment" jsonb,
  "name" jsonb NOT NULL,
  "share" boolean,
  CONSTRAINT "res_groups_name_uniq" unique (category_id, name),
  CONSTRAINT "res_groups_check_api_key_duration" CHECK(api_key_duration >= 0)
);
CREATE TABLE "res_lang" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "code" varchar NOT NULL,
  "date_format" varchar NOT NULL,
  "decimal_point" varchar NOT NULL,
  "direction" varchar NOT NULL,
  "grouping" varchar NOT NULL,
  "iso_code" varchar,
  "name" varchar NOT NULL,
  "short_time_format" varchar NOT NULL,
  "thousands_sep" varchar,
  "time_format" varchar NOT NULL,
  "url_code" varchar NOT NULL,
  "week_start" varchar NOT NULL,
  CONSTRAINT "res_lang_name_uniq" unique(name),
  CONSTRAINT "res_lang_code_uniq" unique(code),
  CONSTRAINT "res_lang_url_code_uniq" unique(url_code)
);
CREATE TABLE "res_partner_bank" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "acc_number" varchar NOT NULL,
  "sanitized_acc_number" varchar,
  "acc_holder_name" varchar,
  "partner_id" int4 NOT NULL,
  "allow_out_payment" boolean,
  "bank_id" int4,
  "sequence" int4,
  "currency_id" int4,
  "company_id" int4,
  CONSTRAINT "res_partner_bank_unique_number" UNIQUE (sanitized_acc_number, partner_id)
);
CREATE TABLE "res_partner_category" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "color" int4,
  "parent_id" int4,
  "active" boolean,
  "parent_path" varchar
);
CREATE TABLE "res_partner_industry" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb,
  "full_name" jsonb,
  "active" boolean
);
CREATE TABLE "res_partner_title" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "shortcut" jsonb
);
CREATE TABLE "res_partner" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "email_normalized" varchar,
  "message_bounce" int4,
  "active" boolean,
  "barcode" jsonb,
  "city" varchar,
  "color" int4,
  "comment" varchar,
  "commercial_company_name" varchar,
  "commercial_partner_id" int4,
  "company_id" int4,
  "company_name" varchar,
  "company_registry" varchar,
  "complete_name" varchar,
  "country_id" int4,
  "email" varchar,
  "employee" boolean,
  "function" varchar,
  "industry_id" int4,
  "is_company" boolean,
  "lang" varchar,
  "mobile" varchar,
  "name" varchar,
  "parent_id" int4,
  "partner_latitude" numeric,
  "partner_longitude" numeric,
  "partner_share" boolean,
  "phone" varchar,
  "ref" varchar,
  "state_id" int4,
  "street" varchar,
  "street2" varchar,
  "title" int4,
  "type" varchar,
  "tz" varchar,
  "user_id" int4,
  "vat" varchar,
  "website" varchar,
  "zip" varchar,
  CONSTRAINT "res_partner_check_name" CHECK( (type='contact' AND name IS NOT NULL) or (type!='contact') )
);
CREATE TABLE "res_users_apikeys" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "expiration_date" timestamp,
  "name" varchar NOT NULL,
  "scope" varchar,
  "user_id" int4 NOT NULL,
  "key" varchar,
  "index" varchar
);
CREATE TABLE "res_users_deletion" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "user_id" int4,
  "user_id_int" int4,
  "state" varchar NOT NULL
);
CREATE TABLE "res_users_log" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp
);
CREATE TABLE "res_users_settings" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "user_id" int4 NOT NULL,
  CONSTRAINT "res_users_settings_unique_user_id" UNIQUE(user_id)
);
CREATE TABLE "res_users" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "action_id" int4,
  "active" boolean,
  "company_id" int4 NOT NULL,
  "login" varchar NOT NULL,
  "partner_id" int4 NOT NULL,
  "share" boolean,
  "signature" varchar,
  "notification_type" varchar NOT NULL,
  "password" varchar,
  CONSTRAINT "res_users_login_key" UNIQUE (login),
  CONSTRAINT "res_users_notification_type" CHECK (notification_type = 'email' OR NOT share)
);
CREATE TABLE "ir_mail_server" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "from_filter" varchar,
  "smtp_host" varchar,
  "smtp_port" int4,
  "smtp_authentication" varchar NOT NULL,
  "smtp_user" varchar,
  "smtp_pass" varchar,
  "smtp_encryption" varchar NOT NULL,
  "sequence" int4,
  "active" boolean
);
CREATE TABLE "mail_activity" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "activity_type_id" int4,
  "automated" boolean,
  "date_deadline" date NOT NULL,
  "date_done" date,
  "note" varchar,
  "previous_activity_type_id" int4,
  "recommended_activity_type_id" int4,
  "request_partner_id" int4,
  "res_id" int4,
  "res_model" varchar,
  "res_model_id" int4 NOT NULL,
  "res_name" varchar,
  "summary" varchar,
  "user_id" int4 NOT NULL,
  "user_tz" varchar,
  CONSTRAINT "mail_activity_check_res_id_is_set" CHECK(res_id IS NOT NULL AND res_id !=0 )
);
CREATE TABLE "mail_activity_type" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "category" varchar,
  "chaining_type" varchar NOT NULL,
  "decoration_type" varchar,
  "default_note" jsonb,
  "default_user_id" int4,
  "delay_count" int4,
  "delay_from" varchar NOT NULL,
  "delay_unit" varchar NOT NULL,
  "icon" varchar,
  "keep_done" boolean,
  "name" jsonb NOT NULL,
  "res_model" varchar,
  "sequence" int4,
  "summary" jsonb,
  "triggered_next_type_id" int4
);
CREATE TABLE "mail_alias_domain" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "sequence" int4,
  "bounce_alias" varchar NOT NULL,
  "catchall_alias" varchar NOT NULL,
  "default_from" varchar,
  CONSTRAINT "mail_alias_domain_bounce_email_uniques" UNIQUE (bounce_alias, name),
  CONSTRAINT "mail_alias_domain_catchall_email_uniques" UNIQUE (catchall_alias, name)
);
CREATE TABLE "mail_alias" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "alias_name" varchar,
  "alias_full_name" varchar,
  "alias_domain_id" int4,
  "alias_model_id" int4 NOT NULL,
  "alias_defaults" varchar NOT NULL,
  "alias_force_thread_id" int4,
  "alias_parent_model_id" int4,
  "alias_parent_thread_id" int4,
  "alias_contact" varchar NOT NULL,
  "alias_incoming_local" boolean,
  "alias_bounced_content" jsonb,
  "alias_status" varchar
);
CREATE TABLE "mail_followers" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "partner_id" int4 NOT NULL,
  "res_id" int4,
  "res_model" varchar NOT NULL,
  CONSTRAINT "mail_followers_mail_followers_res_partner_res_model_id_uniq" unique(res_model,res_id,partner_id)
);
CREATE TABLE "mail_mail" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "mail_message_id" int4 NOT NULL,
  "body_html" varchar,
  "headers" varchar,
  "references" varchar,
  "is_notification" boolean,
  "email_to" varchar,
  "email_cc" varchar,
  "state" varchar,
  "failure_type" varchar,
  "failure_reason" varchar,
  "auto_delete" boolean,
  "scheduled_date" timestamp
);
CREATE TABLE "mail_message_reaction" (
  "id" serial PRIMARY KEY,
  "message_id" int4 NOT NULL,
  "content" varchar NOT NULL,
  "partner_id" int4
);
CREATE TABLE "mail_message_subtype" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "default" boolean,
  "description" jsonb,
  "hidden" boolean,
  "internal" boolean,
  "name" jsonb NOT NULL,
  "parent_id" int4,
  "relation_field" varchar,
  "res_model" varchar,
  "sequence" int4,
  "track_recipients" boolean
);
CREATE TABLE "mail_message" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "author_id" int4,
  "body" varchar,
  "date" timestamp,
  "email_add_signature" boolean,
  "email_from" varchar,
  "email_layout_xmlid" varchar,
  "is_internal" boolean,
  "mail_activity_type_id" int4,
  "mail_server_id" int4,
  "message_id" varchar,
  "message_type" varchar NOT NULL,
  "model" varchar,
  "parent_id" int4,
  "pinned_at" timestamp,
  "record_alias_domain_id" int4,
  "record_company_id" int4,
  "record_name" varchar,
  "reply_to" varchar,
  "reply_to_force_new" boolean,
  "res_id" int4,
  "subject" varchar,
  "subtype_id" int4
);
CREATE TABLE "mail_notification" (
  "id" serial PRIMARY KEY,
  "author_id" int4,
  "mail_message_id" int4 NOT NULL,
  "mail_mail_id" int4,
  "res_partner_id" int4,
  "notification_type" varchar NOT NULL,
  "notification_status" varchar,
  "is_read" boolean,
  "read_date" timestamp,
  "failure_type" varchar,
  "failure_reason" varchar,
  CONSTRAINT "mail_notification_notification_partner_required" CHECK (notification_type NOT IN ('email', 'inbox') OR res_partner_id IS NOT NULL)
);
CREATE TABLE "mail_template" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb,
  "active" boolean,
  "description" jsonb,
  "model_id" int4,
  "model" varchar,
  "subject" jsonb,
  "email_from" varchar,
  "email_to" varchar,
  "partner_to" varchar,
  "email_cc" varchar,
  "reply_to" varchar,
  "body_html" jsonb,
  "auto_delete" boolean,
  "scheduled_date" varchar,
  "use_default_to" boolean,
  "lang" varchar,
  "user_id" int4,
  "mail_server_id" int4
);
CREATE TABLE "mail_tracking_value" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "field_id" int4,
  "field_info" jsonb,
  "old_value_integer" int4,
  "old_value_float" float8,
  "old_value_char" varchar,
  "old_value_text" varchar,
  "old_value_datetime" timestamp,
  "new_value_integer" int4,
  "new_value_float" float8,
  "new_value_char" varchar,
  "new_value_text" varchar,
  "new_value_datetime" timestamp,
  "currency_id" int4,
  "mail_message_id" int4 NOT NULL
);
CREATE TABLE "account_analytic_account" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "code" varchar,
  "active" boolean,
  "color" int4,
  "company_id" int4,
  "partner_id" int4
);
CREATE TABLE "rating_rating" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "res_name" varchar,
  "res_model_id" int4,
  "res_model" varchar,
  "res_id" int4 NOT NULL,
  "parent_res_name" varchar,
  "parent_res_model_id" int4,
  "parent_res_model" varchar,
  "parent_res_id" int4,
  "rated_partner_id" int4,
  "partner_id" int4,
  "rating" float8,
  "rating_text" varchar,
  "feedback" varchar,
  "message_id" int4,
  "is_internal" boolean,
  "access_token" varchar,
  "consumed" boolean,
  "rated_on" timestamp,
  CONSTRAINT "rating_rating_rating_range" CHECK (rating >= 0 AND rating <= 5)
);
CREATE TABLE "resource_calendar_attendance" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "dayofweek" varchar NOT NULL,
  "hour_from" float8 NOT NULL,
  "hour_to" float8 NOT NULL,
  "calendar_id" int4 NOT NULL,
  "day_period" varchar NOT NULL,
  "sequence" int4
);
CREATE TABLE "resource_calendar" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "active" boolean,
  "company_id" int4,
  "hours_per_day" float8,
  "tz" varchar NOT NULL
);
CREATE TABLE "project_collaborator" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "limited_access" boolean,
  "partner_id" int4 NOT NULL,
  "project_id" int4 NOT NULL,
  CONSTRAINT "project_collaborator_unique_collaborator" UNIQUE(project_id, partner_id)
);
CREATE TABLE "project_milestone" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "deadline" date,
  "is_reached" boolean,
  "name" varchar NOT NULL,
  "project_id" int4 NOT NULL,
  "reached_date" date
);
CREATE TABLE "project_project_stage" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "company_id" int4,
  "fold" boolean,
  "mail_template_id" int4,
  "name" jsonb NOT NULL,
  "sequence" int4
);
CREATE TABLE "project_project" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "alias_id" int4 NOT NULL,
  "access_token" varchar,
  "account_id" int4,
  "active" boolean,
  "allow_milestones" boolean,
  "allow_task_dependencies" boolean,
  "color" int4,
  "company_id" int4,
  "date" date,
  "date_start" date,
  "description" varchar,
  "label_tasks" jsonb,
  "last_update_id" int4,
  "last_update_status" varchar NOT NULL,
  "name" jsonb NOT NULL,
  "partner_id" int4,
  "privacy_visibility" varchar NOT NULL,
  "rating_active" boolean,
  "rating_request_deadline" timestamp,
  "rating_status" varchar NOT NULL,
  "rating_status_period" varchar NOT NULL,
  "sequence" int4,
  "task_properties_definition" jsonb,
  "user_id" int4,
  "ai_template_id" int4,
  "ai_state" varchar,
  "ai_params" jsonb,
  "stage_id" int4,
  "ai_provider_id" int4,
  "ai_started_at" timestamp,
  "ai_completed_at" timestamp,
  "ai_error" varchar,
  "ai_position" varchar,
  "ai_plan" jsonb,
  "ai_left" jsonb,
  "ai_round" int4,
  "ai_progress_floor" int4,
  "ai_paused_at" timestamp,
  CONSTRAINT "project_project_project_date_greater" check(date >= date_start)
);
CREATE TABLE "project_share_collaborator_wizard" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "parent_wizard_id" int4,
  "partner_id" int4 NOT NULL,
  "access_mode" varchar NOT NULL,
  "send_invitation" boolean
);
CREATE TABLE "project_share_wizard" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "res_model" varchar NOT NULL,
  "res_id" int4 NOT NULL,
  "note" varchar
);
CREATE TABLE "project_tags" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "color" int4,
  "name" jsonb NOT NULL,
  CONSTRAINT "project_tags_name_uniq" unique (name)
);
CREATE TABLE "project_task_recurrence" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "repeat_interval" int4,
  "repeat_type" varchar,
  "repeat_unit" varchar,
  "repeat_until" date
);
CREATE TABLE "project_task_user_rel" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "task_id" int4 NOT NULL,
  "user_id" int4 NOT NULL,
  "stage_id" int4,
  CONSTRAINT "project_task_user_rel_project_personal_stage_unique" UNIQUE (task_id, user_id)
);
CREATE TABLE "project_task" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "email_cc" varchar,
  "access_token" varchar,
  "rating_last_value" float8,
  "html_field_history" jsonb,
  "active" boolean,
  "allocated_hours" float8,
  "color" int4,
  "company_id" int4,
  "date_assign" timestamp,
  "date_deadline" timestamp,
  "date_end" timestamp,
  "date_last_stage_update" timestamp,
  "description" varchar,
  "display_in_project" boolean,
  "displayed_image_id" int4,
  "milestone_id" int4,
  "name" varchar NOT NULL,
  "parent_id" int4,
  "partner_id" int4,
  "priority" varchar,
  "project_id" int4,
  "recurrence_id" int4,
  "recurring_task" boolean,
  "sequence" int4,
  "stage_id" int4,
  "state" varchar NOT NULL,
  "task_properties" jsonb,
  "working_days_close" float8,
  "working_days_open" float8,
  "working_hours_close" numeric,
  "working_hours_open" numeric,
  "ai_state" varchar,
  "ai_content" varchar,
  "ai_error" varchar,
  "ai_attempts" int4,
  "ai_feedback" varchar,
  "ai_approved" boolean,
  "ai_stage_id" int4,
  CONSTRAINT "project_task_recurring_task_has_no_parent" CHECK (NOT (recurring_task IS TRUE AND parent_id IS NOT NULL)),
  CONSTRAINT "project_task_private_task_has_no_parent" CHECK (NOT (project_id IS NULL AND parent_id IS NOT NULL))
);
CREATE TABLE "project_task_type" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "active" boolean,
  "auto_validation_state" boolean,
  "fold" boolean,
  "mail_template_id" int4,
  "name" jsonb NOT NULL,
  "rating_template_id" int4,
  "sequence" int4,
  "user_id" int4
);
CREATE TABLE "project_update" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "email_cc" varchar,
  "closed_task_count" int4,
  "date" date,
  "description" varchar,
  "name" varchar NOT NULL,
  "progress" int4,
  "project_id" int4 NOT NULL,
  "status" varchar NOT NULL,
  "task_count" int4,
  "user_id" int4 NOT NULL
);
CREATE TABLE "ai_artifact" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "artifact_type" varchar NOT NULL,
  "active" boolean,
  "content" varchar,
  "project_id" int4 NOT NULL,
  "task_id" int4,
  "stage_id" int4,
  "version" int4,
  "mimetype" varchar,
  "provider_id" int4,
  "model" varchar,
  "prompt_tokens" int4,
  "completion_tokens" int4,
  "job_id" int4
);
CREATE TABLE "ai_event" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "project_id" int4 NOT NULL,
  "task_id" int4,
  "stage_id" int4,
  "user_id" int4,
  "kind" varchar NOT NULL,
  "message" varchar,
  "feedback" varchar,
  "version" int4,
  "date" timestamp NOT NULL
);
CREATE TABLE "ai_job" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "kind" varchar NOT NULL,
  "state" varchar NOT NULL,
  "project_id" int4,
  "task_id" int4,
  "stage_id" int4,
  "provider_id" int4,
  "priority" int4,
  "attempt" int4,
  "lost" int4,
  "max_attempts" int4,
  "eta" timestamp NOT NULL,
  "lease_until" timestamp,
  "worker" varchar,
  "identity_key" varchar NOT NULL,
  "payload" varchar,
  "tokens" int4,
  "progress" int4,
  "error_name" varchar,
  "error" varchar,
  "date_started" timestamp,
  "date_done" timestamp
);
CREATE TABLE "ai_project_stage" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "sequence" int4,
  "template_id" int4 NOT NULL,
  "execution_mode" varchar NOT NULL,
  "ai_template_id" int4,
  "provider_id" int4,
  "system_action" varchar,
  "system_params" jsonb,
  "cli_command" varchar,
  "max_iterations" int4,
  "requires_approval" boolean,
  "approval_type" varchar,
  "allow_feedback" boolean,
  "approver_group_id" int4,
  "approval_timeout" int4,
  "auto_advance" boolean,
  "transition_condition" varchar,
  "transition_delay" int4,
  "next_stage_id" int4,
  "is_final" boolean,
  "fold" boolean
);
CREATE TABLE "ai_project_template" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" jsonb NOT NULL,
  "code" varchar NOT NULL,
  "description" jsonb,
  "active" boolean,
  "default_provider_id" int4,
  "default_params" jsonb,
  "workflow_class" varchar,
  CONSTRAINT "ai_project_template_code_uniq" UNIQUE (code)
);
CREATE TABLE "ai_provider" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "sequence" int4,
  "active" boolean,
  "provider_type" varchar NOT NULL,
  "api_key_sealed" varchar,
  "model" varchar,
  "api_base" varchar,
  "api_version" varchar,
  "requests_per_minute" int4,
  "tokens_per_minute" int4,
  "max_concurrency" int4,
  "timeout" int4,
  "first_byte_timeout" int4,
  "max_attempts" int4,
  CONSTRAINT "ai_provider_limits_not_negative" CHECK (requests_per_minute >= 0 AND tokens_per_minute >= 0 AND max_concurrency >= 0 AND timeout >= 0 AND max_attempts >= 0)
);
CREATE TABLE "ai_template" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "code" varchar NOT NULL,
  "active" boolean,
  "system_prompt" varchar,
  "user_prompt" varchar NOT NULL,
  "output_format" varchar NOT NULL,
  "output_schema" jsonb,
  "artifact_type" varchar NOT NULL,
  "temperature" float8,
  "max_tokens" int4,
  CONSTRAINT "ai_template_code_uniq" UNIQUE (code)
);
CREATE TABLE "ir_act_window_group_rel" (
  "act_id" int4 NOT NULL,
  "gid" int4 NOT NULL,
  PRIMARY KEY ("act_id", "gid")
);
CREATE TABLE "res_groups_report_rel" (
  "uid" int4 NOT NULL,
  "gid" int4 NOT NULL,
  PRIMARY KEY ("uid", "gid")
);
CREATE TABLE "rel_server_actions" (
  "server_id" int4 NOT NULL,
  "action_id" int4 NOT NULL,
  PRIMARY KEY ("server_id", "action_id")
);
CREATE TABLE "ir_act_server_group_rel" (
  "act_id" int4 NOT NULL,
  "gid" int4 NOT NULL,
  PRIMARY KEY ("act_id", "gid")
);
CREATE TABLE "ir_act_server_webhook_field_rel" (
  "server_id" int4 NOT NULL,
  "field_id" int4 NOT NULL,
  PRIMARY KEY ("server_id", "field_id")
);
CREATE TABLE "ir_act_server_res_partner_rel" (
  "ir_act_server_id" int4 NOT NULL,
  "res_partner_id" int4 NOT NULL,
  PRIMARY KEY ("ir_act_server_id", "res_partner_id")
);
CREATE TABLE "ir_embedded_actions_res_groups_rel" (
  "ir_embedded_actions_id" int4 NOT NULL,
  "res_groups_id" int4 NOT NULL,
  PRIMARY KEY ("ir_embedded_actions_id", "res_groups_id")
);
CREATE TABLE "ir_model_fields_group_rel" (
  "field_id" int4 NOT NULL,
  "group_id" int4 NOT NULL,
  PRIMARY KEY ("field_id", "group_id")
);
CREATE TABLE "module_country" (
  "module_id" int4 NOT NULL,
  "country_id" int4 NOT NULL,
  PRIMARY KEY ("module_id", "country_id")
);
CREATE TABLE "rule_group_rel" (
  "rule_group_id" int4 NOT NULL,
  "group_id" int4 NOT NULL,
  PRIMARY KEY ("rule_group_id", "group_id")
);
CREATE TABLE "ir_ui_menu_group_rel" (
  "menu_id" int4 NOT NULL,
  "gid" int4 NOT NULL,
  PRIMARY KEY ("menu_id", "gid")
);
CREATE TABLE "ir_ui_view_group_rel" (
  "view_id" int4 NOT NULL,
  "group_id" int4 NOT NULL,
  PRIMARY KEY ("view_id", "group_id")
);
CREATE TABLE "res_company_users_rel" (
  "cid" int4 NOT NULL,
  "user_id" int4 NOT NULL,
  PRIMARY KEY ("cid", "user_id")
);
CREATE TABLE "res_country_res_country_group_rel" (
  "res_country_group_id" int4 NOT NULL,
  "res_country_id" int4 NOT NULL,
  PRIMARY KEY ("res_country_group_id", "res_country_id")
);
CREATE TABLE "res_groups_implied_rel" (
  "gid" int4 NOT NULL,
  "hid" int4 NOT NULL,
  PRIMARY KEY ("gid", "hid")
);
CREATE TABLE "res_groups_users_rel" (
  "gid" int4 NOT NULL,
  "uid" int4 NOT NULL,
  PRIMARY KEY ("gid", "uid")
);
CREATE TABLE "res_partner_res_partner_category_rel" (
  "category_id" int4 NOT NULL,
  "partner_id" int4 NOT NULL,
  PRIMARY KEY ("category_id", "partner_id")
);
CREATE TABLE "mail_message_res_partner_starred_rel" (
  "res_partner_id" int4 NOT NULL,
  "mail_message_id" int4 NOT NULL,
  PRIMARY KEY ("res_partner_id", "mail_message_id")
);
CREATE TABLE "activity_attachment_rel" (
  "activity_id" int4 NOT NULL,
  "attachment_id" int4 NOT NULL,
  PRIMARY KEY ("activity_id", "attachment_id")
);
CREATE TABLE "mail_activity_type_mail_template_rel" (
  "mail_activity_type_id" int4 NOT NULL,
  "mail_template_id" int4 NOT NULL,
  PRIMARY KEY ("mail_activity_type_id", "mail_template_id")
);
CREATE TABLE "mail_activity_rel" (
  "recommended_id" int4 NOT NULL,
  "activity_id" int4 NOT NULL,
  PRIMARY KEY ("recommended_id", "activity_id")
);
CREATE TABLE "mail_followers_mail_message_subtype_rel" (
  "mail_followers_id" int4 NOT NULL,
  "mail_message_subtype_id" int4 NOT NULL,
  PRIMARY KEY ("mail_followers_id", "mail_message_subtype_id")
);
CREATE TABLE "mail_mail_res_partner_rel" (
  "mail_mail_id" int4 NOT NULL,
  "res_partner_id" int4 NOT NULL,
  PRIMARY KEY ("mail_mail_id", "res_partner_id")
);
CREATE TABLE "message_attachment_rel" (
  "message_id" int4 NOT NULL,
  "attachment_id" int4 NOT NULL,
  PRIMARY KEY ("message_id", "attachment_id")
);
CREATE TABLE "mail_message_res_partner_rel" (
  "mail_message_id" int4 NOT NULL,
  "res_partner_id" int4 NOT NULL,
  PRIMARY KEY ("mail_message_id", "res_partner_id")
);
CREATE TABLE "email_template_attachment_rel" (
  "email_template_id" int4 NOT NULL,
  "attachment_id" int4 NOT NULL,
  PRIMARY KEY ("email_template_id", "attachment_id")
);
CREATE TABLE "project_favorite_user_rel" (
  "project_id" int4 NOT NULL,
  "user_id" int4 NOT NULL,
  PRIMARY KEY ("project_id", "user_id")
);
CREATE TABLE "project_project_project_tags_rel" (
  "project_project_id" int4 NOT NULL,
  "project_tags_id" int4 NOT NULL,
  PRIMARY KEY ("project_project_id", "project_tags_id")
);
CREATE TABLE "project_task_type_rel" (
  "project_id" int4 NOT NULL,
  "type_id" int4 NOT NULL,
  PRIMARY KEY ("project_id", "type_id")
);
CREATE TABLE "project_share_wizard_res_partner_rel" (
  "project_share_wizard_id" int4 NOT NULL,
  "res_partner_id" int4 NOT NULL,
  PRIMARY KEY ("project_share_wizard_id", "res_partner_id")
);
CREATE TABLE "project_tags_project_task_rel" (
  "project_tags_id" int4 NOT NULL,
  "project_task_id" int4 NOT NULL,
  PRIMARY KEY ("project_tags_id", "project_task_id")
);
CREATE TABLE "task_dependencies_rel" (
  "task_id" int4 NOT NULL,
  "depends_on_id" int4 NOT NULL,
  PRIMARY KEY ("task_id", "depends_on_id")
);
ALTER TABLE "ir_act_url" ADD CONSTRAINT "ir_act_url_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_url" ADD CONSTRAINT "ir_act_url_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_url" ADD CONSTRAINT "ir_act_url_binding_model_id_fkey" FOREIGN KEY ("binding_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_window" ADD CONSTRAINT "ir_act_window_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window" ADD CONSTRAINT "ir_act_window_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window" ADD CONSTRAINT "ir_act_window_binding_model_id_fkey" FOREIGN KEY ("binding_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_window" ADD CONSTRAINT "ir_act_window_search_view_id_fkey" FOREIGN KEY ("search_view_id") REFERENCES "ir_ui_view" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window" ADD CONSTRAINT "ir_act_window_view_id_fkey" FOREIGN KEY ("view_id") REFERENCES "ir_ui_view" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window_view" ADD CONSTRAINT "ir_act_window_view_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window_view" ADD CONSTRAINT "ir_act_window_view_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window_view" ADD CONSTRAINT "ir_act_window_view_view_id_fkey" FOREIGN KEY ("view_id") REFERENCES "ir_ui_view" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window_view" ADD CONSTRAINT "ir_act_window_view_act_window_id_fkey" FOREIGN KEY ("act_window_id") REFERENCES "ir_act_window" (id) ON DELETE CASCADE;
ALTER TABLE "ir_actions_act_window_close" ADD CONSTRAINT "ir_actions_act_window_close_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_actions_act_window_close" ADD CONSTRAINT "ir_actions_act_window_close_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_actions_act_window_close" ADD CONSTRAINT "ir_actions_act_window_close_binding_model_id_fkey" FOREIGN KEY ("binding_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_actions" ADD CONSTRAINT "ir_actions_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_actions" ADD CONSTRAINT "ir_actions_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_actions" ADD CONSTRAINT "ir_actions_binding_model_id_fkey" FOREIGN KEY ("binding_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_client" ADD CONSTRAINT "ir_act_client_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_client" ADD CONSTRAINT "ir_act_client_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_client" ADD CONSTRAINT "ir_act_client_binding_model_id_fkey" FOREIGN KEY ("binding_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_report_xml" ADD CONSTRAINT "ir_act_report_xml_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_report_xml" ADD CONSTRAINT "ir_act_report_xml_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_report_xml" ADD CONSTRAINT "ir_act_report_xml_binding_model_id_fkey" FOREIGN KEY ("binding_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_report_xml" ADD CONSTRAINT "ir_act_report_xml_paperformat_id_fkey" FOREIGN KEY ("paperformat_id") REFERENCES "report_paperformat" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_binding_model_id_fkey" FOREIGN KEY ("binding_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_crud_model_id_fkey" FOREIGN KEY ("crud_model_id") REFERENCES "ir_model" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_link_field_id_fkey" FOREIGN KEY ("link_field_id") REFERENCES "ir_model_fields" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_selection_value_fkey" FOREIGN KEY ("selection_value") REFERENCES "ir_model_fields_selection" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_update_field_id_fkey" FOREIGN KEY ("update_field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_update_related_model_id_fkey" FOREIGN KEY ("update_related_model_id") REFERENCES "ir_model" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_activity_type_id_fkey" FOREIGN KEY ("activity_type_id") REFERENCES "mail_activity_type" (id) ON DELETE RESTRICT;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_activity_user_id_fkey" FOREIGN KEY ("activity_user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_server" ADD CONSTRAINT "ir_act_server_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "mail_template" (id) ON DELETE SET NULL;
ALTER TABLE "ir_actions_todo" ADD CONSTRAINT "ir_actions_todo_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_actions_todo" ADD CONSTRAINT "ir_actions_todo_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_actions_todo" ADD CONSTRAINT "ir_actions_todo_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "ir_actions" (id) ON DELETE CASCADE;
ALTER TABLE "ir_attachment" ADD CONSTRAINT "ir_attachment_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_attachment" ADD CONSTRAINT "ir_attachment_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_attachment" ADD CONSTRAINT "ir_attachment_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "ir_config_parameter" ADD CONSTRAINT "ir_config_parameter_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_config_parameter" ADD CONSTRAINT "ir_config_parameter_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_cron" ADD CONSTRAINT "ir_cron_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_cron" ADD CONSTRAINT "ir_cron_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_cron" ADD CONSTRAINT "ir_cron_ir_actions_server_id_fkey" FOREIGN KEY ("ir_actions_server_id") REFERENCES "ir_act_server" (id) ON DELETE RESTRICT;
ALTER TABLE "ir_cron" ADD CONSTRAINT "ir_cron_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE RESTRICT;
ALTER TABLE "ir_default" ADD CONSTRAINT "ir_default_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_default" ADD CONSTRAINT "ir_default_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_default" ADD CONSTRAINT "ir_default_field_id_fkey" FOREIGN KEY ("field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_default" ADD CONSTRAINT "ir_default_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "ir_default" ADD CONSTRAINT "ir_default_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE CASCADE;
ALTER TABLE "ir_embedded_actions" ADD CONSTRAINT "ir_embedded_actions_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_embedded_actions" ADD CONSTRAINT "ir_embedded_actions_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_embedded_actions" ADD CONSTRAINT "ir_embedded_actions_parent_action_id_fkey" FOREIGN KEY ("parent_action_id") REFERENCES "ir_act_window" (id) ON DELETE CASCADE;
ALTER TABLE "ir_embedded_actions" ADD CONSTRAINT "ir_embedded_actions_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "ir_actions" (id) ON DELETE CASCADE;
ALTER TABLE "ir_embedded_actions" ADD CONSTRAINT "ir_embedded_actions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "ir_exports_line" ADD CONSTRAINT "ir_exports_line_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_exports_line" ADD CONSTRAINT "ir_exports_line_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_exports_line" ADD CONSTRAINT "ir_exports_line_export_id_fkey" FOREIGN KEY ("export_id") REFERENCES "ir_exports" (id) ON DELETE CASCADE;
ALTER TABLE "ir_exports" ADD CONSTRAINT "ir_exports_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_exports" ADD CONSTRAINT "ir_exports_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_filters" ADD CONSTRAINT "ir_filters_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_filters" ADD CONSTRAINT "ir_filters_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_filters" ADD CONSTRAINT "ir_filters_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "ir_actions" (id) ON DELETE CASCADE;
ALTER TABLE "ir_filters" ADD CONSTRAINT "ir_filters_embedded_action_id_fkey" FOREIGN KEY ("embedded_action_id") REFERENCES "ir_embedded_actions" (id) ON DELETE CASCADE;
ALTER TABLE "ir_filters" ADD CONSTRAINT "ir_filters_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_access" ADD CONSTRAINT "ir_model_access_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_access" ADD CONSTRAINT "ir_model_access_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_access" ADD CONSTRAINT "ir_model_access_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "res_groups" (id) ON DELETE RESTRICT;
ALTER TABLE "ir_model_access" ADD CONSTRAINT "ir_model_access_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_constraint" ADD CONSTRAINT "ir_model_constraint_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_constraint" ADD CONSTRAINT "ir_model_constraint_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_constraint" ADD CONSTRAINT "ir_model_constraint_model_fkey" FOREIGN KEY ("model") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_constraint" ADD CONSTRAINT "ir_model_constraint_module_fkey" FOREIGN KEY ("module") REFERENCES "ir_module_module" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_data" ADD CONSTRAINT "ir_model_data_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_data" ADD CONSTRAINT "ir_model_data_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_fields_selection" ADD CONSTRAINT "ir_model_fields_selection_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_fields_selection" ADD CONSTRAINT "ir_model_fields_selection_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_fields_selection" ADD CONSTRAINT "ir_model_fields_selection_field_id_fkey" FOREIGN KEY ("field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_fields" ADD CONSTRAINT "ir_model_fields_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_fields" ADD CONSTRAINT "ir_model_fields_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_fields" ADD CONSTRAINT "ir_model_fields_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_fields" ADD CONSTRAINT "ir_model_fields_related_field_id_fkey" FOREIGN KEY ("related_field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_fields" ADD CONSTRAINT "ir_model_fields_relation_field_id_fkey" FOREIGN KEY ("relation_field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_inherit" ADD CONSTRAINT "ir_model_inherit_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_inherit" ADD CONSTRAINT "ir_model_inherit_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_inherit" ADD CONSTRAINT "ir_model_inherit_parent_field_id_fkey" FOREIGN KEY ("parent_field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_relation" ADD CONSTRAINT "ir_model_relation_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_relation" ADD CONSTRAINT "ir_model_relation_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model_relation" ADD CONSTRAINT "ir_model_relation_model_fkey" FOREIGN KEY ("model") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_relation" ADD CONSTRAINT "ir_model_relation_module_fkey" FOREIGN KEY ("module") REFERENCES "ir_module_module" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model" ADD CONSTRAINT "ir_model_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_model" ADD CONSTRAINT "ir_model_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_category" ADD CONSTRAINT "ir_module_category_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_category" ADD CONSTRAINT "ir_module_category_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_category" ADD CONSTRAINT "ir_module_category_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "ir_module_category" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_module_dependency" ADD CONSTRAINT "ir_module_module_dependency_module_id_fkey" FOREIGN KEY ("module_id") REFERENCES "ir_module_module" (id) ON DELETE CASCADE;
ALTER TABLE "ir_module_module_exclusion" ADD CONSTRAINT "ir_module_module_exclusion_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_module_exclusion" ADD CONSTRAINT "ir_module_module_exclusion_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_module_exclusion" ADD CONSTRAINT "ir_module_module_exclusion_module_id_fkey" FOREIGN KEY ("module_id") REFERENCES "ir_module_module" (id) ON DELETE CASCADE;
ALTER TABLE "ir_module_module" ADD CONSTRAINT "ir_module_module_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_module" ADD CONSTRAINT "ir_module_module_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_module_module" ADD CONSTRAINT "ir_module_module_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "ir_module_category" (id) ON DELETE SET NULL;
ALTER TABLE "ir_rule" ADD CONSTRAINT "ir_rule_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_rule" ADD CONSTRAINT "ir_rule_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_rule" ADD CONSTRAINT "ir_rule_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "ir_sequence_date_range" ADD CONSTRAINT "ir_sequence_date_range_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_sequence_date_range" ADD CONSTRAINT "ir_sequence_date_range_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_sequence_date_range" ADD CONSTRAINT "ir_sequence_date_range_sequence_id_fkey" FOREIGN KEY ("sequence_id") REFERENCES "ir_sequence" (id) ON DELETE CASCADE;
ALTER TABLE "ir_sequence" ADD CONSTRAINT "ir_sequence_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_sequence" ADD CONSTRAINT "ir_sequence_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_sequence" ADD CONSTRAINT "ir_sequence_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "ir_ui_menu" ADD CONSTRAINT "ir_ui_menu_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_ui_menu" ADD CONSTRAINT "ir_ui_menu_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_ui_menu" ADD CONSTRAINT "ir_ui_menu_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "ir_ui_menu" (id) ON DELETE RESTRICT;
ALTER TABLE "ir_ui_view" ADD CONSTRAINT "ir_ui_view_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_ui_view" ADD CONSTRAINT "ir_ui_view_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_ui_view" ADD CONSTRAINT "ir_ui_view_inherit_id_fkey" FOREIGN KEY ("inherit_id") REFERENCES "ir_ui_view" (id) ON DELETE RESTRICT;
ALTER TABLE "report_paperformat" ADD CONSTRAINT "report_paperformat_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "report_paperformat" ADD CONSTRAINT "report_paperformat_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_bank" ADD CONSTRAINT "res_bank_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_bank" ADD CONSTRAINT "res_bank_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_bank" ADD CONSTRAINT "res_bank_state_fkey" FOREIGN KEY ("state") REFERENCES "res_country_state" (id) ON DELETE SET NULL;
ALTER TABLE "res_bank" ADD CONSTRAINT "res_bank_country_fkey" FOREIGN KEY ("country") REFERENCES "res_country" (id) ON DELETE SET NULL;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_currency_id_fkey" FOREIGN KEY ("currency_id") REFERENCES "res_currency" (id) ON DELETE RESTRICT;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_external_report_layout_id_fkey" FOREIGN KEY ("external_report_layout_id") REFERENCES "ir_ui_view" (id) ON DELETE SET NULL;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_paperformat_id_fkey" FOREIGN KEY ("paperformat_id") REFERENCES "report_paperformat" (id) ON DELETE SET NULL;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "res_company" (id) ON DELETE RESTRICT;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE RESTRICT;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_alias_domain_id_fkey" FOREIGN KEY ("alias_domain_id") REFERENCES "mail_alias_domain" (id) ON DELETE SET NULL;
ALTER TABLE "res_company" ADD CONSTRAINT "res_company_resource_calendar_id_fkey" FOREIGN KEY ("resource_calendar_id") REFERENCES "resource_calendar" (id) ON DELETE RESTRICT;
ALTER TABLE "res_country_group" ADD CONSTRAINT "res_country_group_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_country_group" ADD CONSTRAINT "res_country_group_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_country_state" ADD CONSTRAINT "res_country_state_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_country_state" ADD CONSTRAINT "res_country_state_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_country_state" ADD CONSTRAINT "res_country_state_country_id_fkey" FOREIGN KEY ("country_id") REFERENCES "res_country" (id) ON DELETE RESTRICT;
ALTER TABLE "res_country" ADD CONSTRAINT "res_country_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_country" ADD CONSTRAINT "res_country_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_country" ADD CONSTRAINT "res_country_address_view_id_fkey" FOREIGN KEY ("address_view_id") REFERENCES "ir_ui_view" (id) ON DELETE SET NULL;
ALTER TABLE "res_country" ADD CONSTRAINT "res_country_currency_id_fkey" FOREIGN KEY ("currency_id") REFERENCES "res_currency" (id) ON DELETE SET NULL;
ALTER TABLE "res_currency_rate" ADD CONSTRAINT "res_currency_rate_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_currency_rate" ADD CONSTRAINT "res_currency_rate_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_currency_rate" ADD CONSTRAINT "res_currency_rate_currency_id_fkey" FOREIGN KEY ("currency_id") REFERENCES "res_currency" (id) ON DELETE CASCADE;
ALTER TABLE "res_currency_rate" ADD CONSTRAINT "res_currency_rate_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "res_currency" ADD CONSTRAINT "res_currency_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_currency" ADD CONSTRAINT "res_currency_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_device" ADD CONSTRAINT "res_device_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_device" ADD CONSTRAINT "res_device_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_device" ADD CONSTRAINT "res_device_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "res_groups" ADD CONSTRAINT "res_groups_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_groups" ADD CONSTRAINT "res_groups_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_groups" ADD CONSTRAINT "res_groups_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "ir_module_category" (id) ON DELETE SET NULL;
ALTER TABLE "res_lang" ADD CONSTRAINT "res_lang_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_lang" ADD CONSTRAINT "res_lang_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_bank" ADD CONSTRAINT "res_partner_bank_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_bank" ADD CONSTRAINT "res_partner_bank_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_bank" ADD CONSTRAINT "res_partner_bank_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "res_partner_bank" ADD CONSTRAINT "res_partner_bank_bank_id_fkey" FOREIGN KEY ("bank_id") REFERENCES "res_bank" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_bank" ADD CONSTRAINT "res_partner_bank_currency_id_fkey" FOREIGN KEY ("currency_id") REFERENCES "res_currency" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_bank" ADD CONSTRAINT "res_partner_bank_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_category" ADD CONSTRAINT "res_partner_category_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_category" ADD CONSTRAINT "res_partner_category_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_category" ADD CONSTRAINT "res_partner_category_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "res_partner_category" (id) ON DELETE CASCADE;
ALTER TABLE "res_partner_industry" ADD CONSTRAINT "res_partner_industry_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_industry" ADD CONSTRAINT "res_partner_industry_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_title" ADD CONSTRAINT "res_partner_title_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner_title" ADD CONSTRAINT "res_partner_title_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_commercial_partner_id_fkey" FOREIGN KEY ("commercial_partner_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_country_id_fkey" FOREIGN KEY ("country_id") REFERENCES "res_country" (id) ON DELETE RESTRICT;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_industry_id_fkey" FOREIGN KEY ("industry_id") REFERENCES "res_partner_industry" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_state_id_fkey" FOREIGN KEY ("state_id") REFERENCES "res_country_state" (id) ON DELETE RESTRICT;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_title_fkey" FOREIGN KEY ("title") REFERENCES "res_partner_title" (id) ON DELETE SET NULL;
ALTER TABLE "res_partner" ADD CONSTRAINT "res_partner_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_apikeys" ADD CONSTRAINT "res_users_apikeys_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_apikeys" ADD CONSTRAINT "res_users_apikeys_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_apikeys" ADD CONSTRAINT "res_users_apikeys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "res_users_deletion" ADD CONSTRAINT "res_users_deletion_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_deletion" ADD CONSTRAINT "res_users_deletion_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_deletion" ADD CONSTRAINT "res_users_deletion_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_log" ADD CONSTRAINT "res_users_log_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_log" ADD CONSTRAINT "res_users_log_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_settings" ADD CONSTRAINT "res_users_settings_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_settings" ADD CONSTRAINT "res_users_settings_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_settings" ADD CONSTRAINT "res_users_settings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "res_users" ADD CONSTRAINT "res_users_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users" ADD CONSTRAINT "res_users_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users" ADD CONSTRAINT "res_users_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "ir_actions" (id) ON DELETE SET NULL;
ALTER TABLE "res_users" ADD CONSTRAINT "res_users_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE RESTRICT;
ALTER TABLE "res_users" ADD CONSTRAINT "res_users_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE RESTRICT;
ALTER TABLE "ir_mail_server" ADD CONSTRAINT "ir_mail_server_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_mail_server" ADD CONSTRAINT "ir_mail_server_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_activity_type_id_fkey" FOREIGN KEY ("activity_type_id") REFERENCES "mail_activity_type" (id) ON DELETE RESTRICT;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_previous_activity_type_id_fkey" FOREIGN KEY ("previous_activity_type_id") REFERENCES "mail_activity_type" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_recommended_activity_type_id_fkey" FOREIGN KEY ("recommended_activity_type_id") REFERENCES "mail_activity_type" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_request_partner_id_fkey" FOREIGN KEY ("request_partner_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_res_model_id_fkey" FOREIGN KEY ("res_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "mail_activity" ADD CONSTRAINT "mail_activity_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "mail_activity_type" ADD CONSTRAINT "mail_activity_type_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity_type" ADD CONSTRAINT "mail_activity_type_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity_type" ADD CONSTRAINT "mail_activity_type_default_user_id_fkey" FOREIGN KEY ("default_user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_activity_type" ADD CONSTRAINT "mail_activity_type_triggered_next_type_id_fkey" FOREIGN KEY ("triggered_next_type_id") REFERENCES "mail_activity_type" (id) ON DELETE RESTRICT;
ALTER TABLE "mail_alias_domain" ADD CONSTRAINT "mail_alias_domain_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_alias_domain" ADD CONSTRAINT "mail_alias_domain_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_alias" ADD CONSTRAINT "mail_alias_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_alias" ADD CONSTRAINT "mail_alias_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_alias" ADD CONSTRAINT "mail_alias_alias_domain_id_fkey" FOREIGN KEY ("alias_domain_id") REFERENCES "mail_alias_domain" (id) ON DELETE SET NULL;
ALTER TABLE "mail_alias" ADD CONSTRAINT "mail_alias_alias_model_id_fkey" FOREIGN KEY ("alias_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "mail_alias" ADD CONSTRAINT "mail_alias_alias_parent_model_id_fkey" FOREIGN KEY ("alias_parent_model_id") REFERENCES "ir_model" (id) ON DELETE SET NULL;
ALTER TABLE "mail_followers" ADD CONSTRAINT "mail_followers_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_followers" ADD CONSTRAINT "mail_followers_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_followers" ADD CONSTRAINT "mail_followers_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "mail_mail" ADD CONSTRAINT "mail_mail_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_mail" ADD CONSTRAINT "mail_mail_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_mail" ADD CONSTRAINT "mail_mail_mail_message_id_fkey" FOREIGN KEY ("mail_message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "mail_message_reaction" ADD CONSTRAINT "mail_message_reaction_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "mail_message_reaction" ADD CONSTRAINT "mail_message_reaction_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "mail_message_subtype" ADD CONSTRAINT "mail_message_subtype_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message_subtype" ADD CONSTRAINT "mail_message_subtype_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message_subtype" ADD CONSTRAINT "mail_message_subtype_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "mail_message_subtype" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_mail_activity_type_id_fkey" FOREIGN KEY ("mail_activity_type_id") REFERENCES "mail_activity_type" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_mail_server_id_fkey" FOREIGN KEY ("mail_server_id") REFERENCES "ir_mail_server" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "mail_message" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_record_alias_domain_id_fkey" FOREIGN KEY ("record_alias_domain_id") REFERENCES "mail_alias_domain" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_record_company_id_fkey" FOREIGN KEY ("record_company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "mail_message" ADD CONSTRAINT "mail_message_subtype_id_fkey" FOREIGN KEY ("subtype_id") REFERENCES "mail_message_subtype" (id) ON DELETE SET NULL;
ALTER TABLE "mail_notification" ADD CONSTRAINT "mail_notification_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "mail_notification" ADD CONSTRAINT "mail_notification_mail_message_id_fkey" FOREIGN KEY ("mail_message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "mail_notification" ADD CONSTRAINT "mail_notification_mail_mail_id_fkey" FOREIGN KEY ("mail_mail_id") REFERENCES "mail_mail" (id) ON DELETE SET NULL;
ALTER TABLE "mail_notification" ADD CONSTRAINT "mail_notification_res_partner_id_fkey" FOREIGN KEY ("res_partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "mail_template" ADD CONSTRAINT "mail_template_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_template" ADD CONSTRAINT "mail_template_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_template" ADD CONSTRAINT "mail_template_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "mail_template" ADD CONSTRAINT "mail_template_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_template" ADD CONSTRAINT "mail_template_mail_server_id_fkey" FOREIGN KEY ("mail_server_id") REFERENCES "ir_mail_server" (id) ON DELETE SET NULL;
ALTER TABLE "mail_tracking_value" ADD CONSTRAINT "mail_tracking_value_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_tracking_value" ADD CONSTRAINT "mail_tracking_value_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "mail_tracking_value" ADD CONSTRAINT "mail_tracking_value_field_id_fkey" FOREIGN KEY ("field_id") REFERENCES "ir_model_fields" (id) ON DELETE SET NULL;
ALTER TABLE "mail_tracking_value" ADD CONSTRAINT "mail_tracking_value_currency_id_fkey" FOREIGN KEY ("currency_id") REFERENCES "res_currency" (id) ON DELETE SET NULL;
ALTER TABLE "mail_tracking_value" ADD CONSTRAINT "mail_tracking_value_mail_message_id_fkey" FOREIGN KEY ("mail_message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "account_analytic_account" ADD CONSTRAINT "account_analytic_account_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "account_analytic_account" ADD CONSTRAINT "account_analytic_account_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "account_analytic_account" ADD CONSTRAINT "account_analytic_account_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "account_analytic_account" ADD CONSTRAINT "account_analytic_account_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "rating_rating" ADD CONSTRAINT "rating_rating_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "rating_rating" ADD CONSTRAINT "rating_rating_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "rating_rating" ADD CONSTRAINT "rating_rating_res_model_id_fkey" FOREIGN KEY ("res_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "rating_rating" ADD CONSTRAINT "rating_rating_parent_res_model_id_fkey" FOREIGN KEY ("parent_res_model_id") REFERENCES "ir_model" (id) ON DELETE CASCADE;
ALTER TABLE "rating_rating" ADD CONSTRAINT "rating_rating_rated_partner_id_fkey" FOREIGN KEY ("rated_partner_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "rating_rating" ADD CONSTRAINT "rating_rating_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "rating_rating" ADD CONSTRAINT "rating_rating_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "resource_calendar_attendance" ADD CONSTRAINT "resource_calendar_attendance_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "resource_calendar_attendance" ADD CONSTRAINT "resource_calendar_attendance_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "resource_calendar_attendance" ADD CONSTRAINT "resource_calendar_attendance_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "resource_calendar" (id) ON DELETE CASCADE;
ALTER TABLE "resource_calendar" ADD CONSTRAINT "resource_calendar_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "resource_calendar" ADD CONSTRAINT "resource_calendar_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "resource_calendar" ADD CONSTRAINT "resource_calendar_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "project_collaborator" ADD CONSTRAINT "project_collaborator_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_collaborator" ADD CONSTRAINT "project_collaborator_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_collaborator" ADD CONSTRAINT "project_collaborator_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE RESTRICT;
ALTER TABLE "project_collaborator" ADD CONSTRAINT "project_collaborator_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE RESTRICT;
ALTER TABLE "project_milestone" ADD CONSTRAINT "project_milestone_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_milestone" ADD CONSTRAINT "project_milestone_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_milestone" ADD CONSTRAINT "project_milestone_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "project_project_stage" ADD CONSTRAINT "project_project_stage_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_project_stage" ADD CONSTRAINT "project_project_stage_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_project_stage" ADD CONSTRAINT "project_project_stage_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "project_project_stage" ADD CONSTRAINT "project_project_stage_mail_template_id_fkey" FOREIGN KEY ("mail_template_id") REFERENCES "mail_template" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_alias_id_fkey" FOREIGN KEY ("alias_id") REFERENCES "mail_alias" (id) ON DELETE RESTRICT;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account_analytic_account" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_last_update_id_fkey" FOREIGN KEY ("last_update_id") REFERENCES "project_update" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_ai_template_id_fkey" FOREIGN KEY ("ai_template_id") REFERENCES "ai_project_template" (id) ON DELETE RESTRICT;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "ai_project_stage" (id) ON DELETE RESTRICT;
ALTER TABLE "project_project" ADD CONSTRAINT "project_project_ai_provider_id_fkey" FOREIGN KEY ("ai_provider_id") REFERENCES "ai_provider" (id) ON DELETE RESTRICT;
ALTER TABLE "project_share_collaborator_wizard" ADD CONSTRAINT "project_share_collaborator_wizard_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_share_collaborator_wizard" ADD CONSTRAINT "project_share_collaborator_wizard_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_share_collaborator_wizard" ADD CONSTRAINT "project_share_collaborator_wizard_parent_wizard_id_fkey" FOREIGN KEY ("parent_wizard_id") REFERENCES "project_share_wizard" (id) ON DELETE SET NULL;
ALTER TABLE "project_share_collaborator_wizard" ADD CONSTRAINT "project_share_collaborator_wizard_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE RESTRICT;
ALTER TABLE "project_share_wizard" ADD CONSTRAINT "project_share_wizard_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_share_wizard" ADD CONSTRAINT "project_share_wizard_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_tags" ADD CONSTRAINT "project_tags_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_tags" ADD CONSTRAINT "project_tags_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_recurrence" ADD CONSTRAINT "project_task_recurrence_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_recurrence" ADD CONSTRAINT "project_task_recurrence_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_user_rel" ADD CONSTRAINT "project_task_user_rel_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_user_rel" ADD CONSTRAINT "project_task_user_rel_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_user_rel" ADD CONSTRAINT "project_task_user_rel_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "project_task" (id) ON DELETE CASCADE;
ALTER TABLE "project_task_user_rel" ADD CONSTRAINT "project_task_user_rel_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "project_task_user_rel" ADD CONSTRAINT "project_task_user_rel_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "project_task_type" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_company_id_fkey" FOREIGN KEY ("company_id") REFERENCES "res_company" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_displayed_image_id_fkey" FOREIGN KEY ("displayed_image_id") REFERENCES "ir_attachment" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_milestone_id_fkey" FOREIGN KEY ("milestone_id") REFERENCES "project_milestone" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "project_task" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_recurrence_id_fkey" FOREIGN KEY ("recurrence_id") REFERENCES "project_task_recurrence" (id) ON DELETE SET NULL;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "project_task_type" (id) ON DELETE RESTRICT;
ALTER TABLE "project_task" ADD CONSTRAINT "project_task_ai_stage_id_fkey" FOREIGN KEY ("ai_stage_id") REFERENCES "ai_project_stage" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_type" ADD CONSTRAINT "project_task_type_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_type" ADD CONSTRAINT "project_task_type_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_type" ADD CONSTRAINT "project_task_type_mail_template_id_fkey" FOREIGN KEY ("mail_template_id") REFERENCES "mail_template" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_type" ADD CONSTRAINT "project_task_type_rating_template_id_fkey" FOREIGN KEY ("rating_template_id") REFERENCES "mail_template" (id) ON DELETE SET NULL;
ALTER TABLE "project_task_type" ADD CONSTRAINT "project_task_type_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_update" ADD CONSTRAINT "project_update_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_update" ADD CONSTRAINT "project_update_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "project_update" ADD CONSTRAINT "project_update_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE RESTRICT;
ALTER TABLE "project_update" ADD CONSTRAINT "project_update_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE RESTRICT;
ALTER TABLE "ai_artifact" ADD CONSTRAINT "ai_artifact_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_artifact" ADD CONSTRAINT "ai_artifact_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_artifact" ADD CONSTRAINT "ai_artifact_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "ai_artifact" ADD CONSTRAINT "ai_artifact_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "project_task" (id) ON DELETE SET NULL;
ALTER TABLE "ai_artifact" ADD CONSTRAINT "ai_artifact_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "ai_project_stage" (id) ON DELETE SET NULL;
ALTER TABLE "ai_artifact" ADD CONSTRAINT "ai_artifact_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "ai_provider" (id) ON DELETE SET NULL;
ALTER TABLE "ai_artifact" ADD CONSTRAINT "ai_artifact_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "ai_job" (id) ON DELETE SET NULL;
ALTER TABLE "ai_event" ADD CONSTRAINT "ai_event_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_event" ADD CONSTRAINT "ai_event_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_event" ADD CONSTRAINT "ai_event_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "ai_event" ADD CONSTRAINT "ai_event_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "project_task" (id) ON DELETE SET NULL;
ALTER TABLE "ai_event" ADD CONSTRAINT "ai_event_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "ai_project_stage" (id) ON DELETE SET NULL;
ALTER TABLE "ai_event" ADD CONSTRAINT "ai_event_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_job" ADD CONSTRAINT "ai_job_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_job" ADD CONSTRAINT "ai_job_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_job" ADD CONSTRAINT "ai_job_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "ai_job" ADD CONSTRAINT "ai_job_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "project_task" (id) ON DELETE CASCADE;
ALTER TABLE "ai_job" ADD CONSTRAINT "ai_job_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "ai_project_stage" (id) ON DELETE CASCADE;
ALTER TABLE "ai_job" ADD CONSTRAINT "ai_job_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "ai_provider" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_stage" ADD CONSTRAINT "ai_project_stage_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_stage" ADD CONSTRAINT "ai_project_stage_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_stage" ADD CONSTRAINT "ai_project_stage_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "ai_project_template" (id) ON DELETE CASCADE;
ALTER TABLE "ai_project_stage" ADD CONSTRAINT "ai_project_stage_ai_template_id_fkey" FOREIGN KEY ("ai_template_id") REFERENCES "ai_template" (id) ON DELETE RESTRICT;
ALTER TABLE "ai_project_stage" ADD CONSTRAINT "ai_project_stage_provider_id_fkey" FOREIGN KEY ("provider_id") REFERENCES "ai_provider" (id) ON DELETE RESTRICT;
ALTER TABLE "ai_project_stage" ADD CONSTRAINT "ai_project_stage_approver_group_id_fkey" FOREIGN KEY ("approver_group_id") REFERENCES "res_groups" (id) ON DELETE RESTRICT;
ALTER TABLE "ai_project_stage" ADD CONSTRAINT "ai_project_stage_next_stage_id_fkey" FOREIGN KEY ("next_stage_id") REFERENCES "ai_project_stage" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_template" ADD CONSTRAINT "ai_project_template_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_template" ADD CONSTRAINT "ai_project_template_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_project_template" ADD CONSTRAINT "ai_project_template_default_provider_id_fkey" FOREIGN KEY ("default_provider_id") REFERENCES "ai_provider" (id) ON DELETE RESTRICT;
ALTER TABLE "ai_provider" ADD CONSTRAINT "ai_provider_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_provider" ADD CONSTRAINT "ai_provider_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_template" ADD CONSTRAINT "ai_template_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ai_template" ADD CONSTRAINT "ai_template_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "ir_act_window_group_rel" ADD CONSTRAINT "ir_act_window_group_rel_act_id_fkey" FOREIGN KEY ("act_id") REFERENCES "ir_act_window" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_window_group_rel" ADD CONSTRAINT "ir_act_window_group_rel_gid_fkey" FOREIGN KEY ("gid") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "res_groups_report_rel" ADD CONSTRAINT "res_groups_report_rel_uid_fkey" FOREIGN KEY ("uid") REFERENCES "ir_act_report_xml" (id) ON DELETE CASCADE;
ALTER TABLE "res_groups_report_rel" ADD CONSTRAINT "res_groups_report_rel_gid_fkey" FOREIGN KEY ("gid") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "rel_server_actions" ADD CONSTRAINT "rel_server_actions_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "ir_act_server" (id) ON DELETE CASCADE;
ALTER TABLE "rel_server_actions" ADD CONSTRAINT "rel_server_actions_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "ir_act_server" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server_group_rel" ADD CONSTRAINT "ir_act_server_group_rel_act_id_fkey" FOREIGN KEY ("act_id") REFERENCES "ir_act_server" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server_group_rel" ADD CONSTRAINT "ir_act_server_group_rel_gid_fkey" FOREIGN KEY ("gid") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server_webhook_field_rel" ADD CONSTRAINT "ir_act_server_webhook_field_rel_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "ir_act_server" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server_webhook_field_rel" ADD CONSTRAINT "ir_act_server_webhook_field_rel_field_id_fkey" FOREIGN KEY ("field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server_res_partner_rel" ADD CONSTRAINT "ir_act_server_res_partner_rel_ir_act_server_id_fkey" FOREIGN KEY ("ir_act_server_id") REFERENCES "ir_act_server" (id) ON DELETE CASCADE;
ALTER TABLE "ir_act_server_res_partner_rel" ADD CONSTRAINT "ir_act_server_res_partner_rel_res_partner_id_fkey" FOREIGN KEY ("res_partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "ir_embedded_actions_res_groups_rel" ADD CONSTRAINT "ir_embedded_actions_res_groups_rel_ir_embedded_actions_id_fkey" FOREIGN KEY ("ir_embedded_actions_id") REFERENCES "ir_embedded_actions" (id) ON DELETE CASCADE;
ALTER TABLE "ir_embedded_actions_res_groups_rel" ADD CONSTRAINT "ir_embedded_actions_res_groups_rel_res_groups_id_fkey" FOREIGN KEY ("res_groups_id") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_fields_group_rel" ADD CONSTRAINT "ir_model_fields_group_rel_field_id_fkey" FOREIGN KEY ("field_id") REFERENCES "ir_model_fields" (id) ON DELETE CASCADE;
ALTER TABLE "ir_model_fields_group_rel" ADD CONSTRAINT "ir_model_fields_group_rel_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "module_country" ADD CONSTRAINT "module_country_module_id_fkey" FOREIGN KEY ("module_id") REFERENCES "ir_module_module" (id) ON DELETE CASCADE;
ALTER TABLE "module_country" ADD CONSTRAINT "module_country_country_id_fkey" FOREIGN KEY ("country_id") REFERENCES "res_country" (id) ON DELETE CASCADE;
ALTER TABLE "rule_group_rel" ADD CONSTRAINT "rule_group_rel_rule_group_id_fkey" FOREIGN KEY ("rule_group_id") REFERENCES "ir_rule" (id) ON DELETE CASCADE;
ALTER TABLE "rule_group_rel" ADD CONSTRAINT "rule_group_rel_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "ir_ui_menu_group_rel" ADD CONSTRAINT "ir_ui_menu_group_rel_menu_id_fkey" FOREIGN KEY ("menu_id") REFERENCES "ir_ui_menu" (id) ON DELETE CASCADE;
ALTER TABLE "ir_ui_menu_group_rel" ADD CONSTRAINT "ir_ui_menu_group_rel_gid_fkey" FOREIGN KEY ("gid") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "ir_ui_view_group_rel" ADD CONSTRAINT "ir_ui_view_group_rel_view_id_fkey" FOREIGN KEY ("view_id") REFERENCES "ir_ui_view" (id) ON DELETE CASCADE;
ALTER TABLE "ir_ui_view_group_rel" ADD CONSTRAINT "ir_ui_view_group_rel_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "res_company_users_rel" ADD CONSTRAINT "res_company_users_rel_cid_fkey" FOREIGN KEY ("cid") REFERENCES "res_company" (id) ON DELETE CASCADE;
ALTER TABLE "res_company_users_rel" ADD CONSTRAINT "res_company_users_rel_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "res_country_res_country_group_rel" ADD CONSTRAINT "res_country_res_country_group_rel_res_country_group_id_fkey" FOREIGN KEY ("res_country_group_id") REFERENCES "res_country_group" (id) ON DELETE CASCADE;
ALTER TABLE "res_country_res_country_group_rel" ADD CONSTRAINT "res_country_res_country_group_rel_res_country_id_fkey" FOREIGN KEY ("res_country_id") REFERENCES "res_country" (id) ON DELETE CASCADE;
ALTER TABLE "res_groups_implied_rel" ADD CONSTRAINT "res_groups_implied_rel_gid_fkey" FOREIGN KEY ("gid") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "res_groups_implied_rel" ADD CONSTRAINT "res_groups_implied_rel_hid_fkey" FOREIGN KEY ("hid") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "res_groups_users_rel" ADD CONSTRAINT "res_groups_users_rel_gid_fkey" FOREIGN KEY ("gid") REFERENCES "res_groups" (id) ON DELETE CASCADE;
ALTER TABLE "res_groups_users_rel" ADD CONSTRAINT "res_groups_users_rel_uid_fkey" FOREIGN KEY ("uid") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "res_partner_res_partner_category_rel" ADD CONSTRAINT "res_partner_res_partner_category_rel_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "res_partner_category" (id) ON DELETE CASCADE;
ALTER TABLE "res_partner_res_partner_category_rel" ADD CONSTRAINT "res_partner_res_partner_category_rel_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "mail_message_res_partner_starred_rel" ADD CONSTRAINT "mail_message_res_partner_starred_rel_res_partner_id_fkey" FOREIGN KEY ("res_partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "mail_message_res_partner_starred_rel" ADD CONSTRAINT "mail_message_res_partner_starred_rel_mail_message_id_fkey" FOREIGN KEY ("mail_message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "activity_attachment_rel" ADD CONSTRAINT "activity_attachment_rel_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "mail_activity" (id) ON DELETE CASCADE;
ALTER TABLE "activity_attachment_rel" ADD CONSTRAINT "activity_attachment_rel_attachment_id_fkey" FOREIGN KEY ("attachment_id") REFERENCES "ir_attachment" (id) ON DELETE CASCADE;
ALTER TABLE "mail_activity_type_mail_template_rel" ADD CONSTRAINT "mail_activity_type_mail_template_rel_mail_activity_type_id_fkey" FOREIGN KEY ("mail_activity_type_id") REFERENCES "mail_activity_type" (id) ON DELETE CASCADE;
ALTER TABLE "mail_activity_type_mail_template_rel" ADD CONSTRAINT "mail_activity_type_mail_template_rel_mail_template_id_fkey" FOREIGN KEY ("mail_template_id") REFERENCES "mail_template" (id) ON DELETE CASCADE;
ALTER TABLE "mail_activity_rel" ADD CONSTRAINT "mail_activity_rel_recommended_id_fkey" FOREIGN KEY ("recommended_id") REFERENCES "mail_activity_type" (id) ON DELETE CASCADE;
ALTER TABLE "mail_activity_rel" ADD CONSTRAINT "mail_activity_rel_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "mail_activity_type" (id) ON DELETE CASCADE;
ALTER TABLE "mail_followers_mail_message_subtype_rel" ADD CONSTRAINT "mail_followers_mail_message_subtype_rel_mail_followers_id_fkey" FOREIGN KEY ("mail_followers_id") REFERENCES "mail_followers" (id) ON DELETE CASCADE;
ALTER TABLE "mail_followers_mail_message_subtype_rel" ADD CONSTRAINT "mail_followers_mail_message_subtype_rel_mail_message_subtype_id_fkey" FOREIGN KEY ("mail_message_subtype_id") REFERENCES "mail_message_subtype" (id) ON DELETE CASCADE;
ALTER TABLE "mail_mail_res_partner_rel" ADD CONSTRAINT "mail_mail_res_partner_rel_mail_mail_id_fkey" FOREIGN KEY ("mail_mail_id") REFERENCES "mail_mail" (id) ON DELETE CASCADE;
ALTER TABLE "mail_mail_res_partner_rel" ADD CONSTRAINT "mail_mail_res_partner_rel_res_partner_id_fkey" FOREIGN KEY ("res_partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "message_attachment_rel" ADD CONSTRAINT "message_attachment_rel_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "message_attachment_rel" ADD CONSTRAINT "message_attachment_rel_attachment_id_fkey" FOREIGN KEY ("attachment_id") REFERENCES "ir_attachment" (id) ON DELETE CASCADE;
ALTER TABLE "mail_message_res_partner_rel" ADD CONSTRAINT "mail_message_res_partner_rel_mail_message_id_fkey" FOREIGN KEY ("mail_message_id") REFERENCES "mail_message" (id) ON DELETE CASCADE;
ALTER TABLE "mail_message_res_partner_rel" ADD CONSTRAINT "mail_message_res_partner_rel_res_partner_id_fkey" FOREIGN KEY ("res_partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "email_template_attachment_rel" ADD CONSTRAINT "email_template_attachment_rel_email_template_id_fkey" FOREIGN KEY ("email_template_id") REFERENCES "mail_template" (id) ON DELETE CASCADE;
ALTER TABLE "email_template_attachment_rel" ADD CONSTRAINT "email_template_attachment_rel_attachment_id_fkey" FOREIGN KEY ("attachment_id") REFERENCES "ir_attachment" (id) ON DELETE CASCADE;
ALTER TABLE "project_favorite_user_rel" ADD CONSTRAINT "project_favorite_user_rel_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "project_favorite_user_rel" ADD CONSTRAINT "project_favorite_user_rel_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "res_users" (id) ON DELETE CASCADE;
ALTER TABLE "project_project_project_tags_rel" ADD CONSTRAINT "project_project_project_tags_rel_project_project_id_fkey" FOREIGN KEY ("project_project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "project_project_project_tags_rel" ADD CONSTRAINT "project_project_project_tags_rel_project_tags_id_fkey" FOREIGN KEY ("project_tags_id") REFERENCES "project_tags" (id) ON DELETE CASCADE;
ALTER TABLE "project_task_type_rel" ADD CONSTRAINT "project_task_type_rel_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project_project" (id) ON DELETE CASCADE;
ALTER TABLE "project_task_type_rel" ADD CONSTRAINT "project_task_type_rel_type_id_fkey" FOREIGN KEY ("type_id") REFERENCES "project_task_type" (id) ON DELETE CASCADE;
ALTER TABLE "project_share_wizard_res_partner_rel" ADD CONSTRAINT "project_share_wizard_res_partner_rel_project_share_wizard_id_fkey" FOREIGN KEY ("project_share_wizard_id") REFERENCES "project_share_wizard" (id) ON DELETE CASCADE;
ALTER TABLE "project_share_wizard_res_partner_rel" ADD CONSTRAINT "project_share_wizard_res_partner_rel_res_partner_id_fkey" FOREIGN KEY ("res_partner_id") REFERENCES "res_partner" (id) ON DELETE CASCADE;
ALTER TABLE "project_tags_project_task_rel" ADD CONSTRAINT "project_tags_project_task_rel_project_tags_id_fkey" FOREIGN KEY ("project_tags_id") REFERENCES "project_tags" (id) ON DELETE CASCADE;
ALTER TABLE "project_tags_project_task_rel" ADD CONSTRAINT "project_tags_project_task_rel_project_task_id_fkey" FOREIGN KEY ("project_task_id") REFERENCES "project_task" (id) ON DELETE CASCADE;
ALTER TABLE "task_dependencies_rel" ADD CONSTRAINT "task_dependencies_rel_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "project_task" (id) ON DELETE CASCADE;
ALTER TABLE "task_dependencies_rel" ADD CONSTRAINT "task_dependencies_rel_depends_on_id_fkey" FOREIGN KEY ("depends_on_id") REFERENCES "project_task" (id) ON DELETE CASCADE;
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
