-- Files that are being imported, and which field a column of them was last imported to.
CREATE TABLE "base_import_import" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "res_model" varchar,
  "file" bytea,
  "file_name" varchar,
  "file_type" varchar
);
CREATE TABLE "base_import_mapping" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "res_model" varchar,
  "column_name" varchar,
  "field_name" varchar
);
ALTER TABLE "base_import_import" ADD CONSTRAINT "base_import_import_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "base_import_import" ADD CONSTRAINT "base_import_import_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "base_import_mapping" ADD CONSTRAINT "base_import_mapping_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "base_import_mapping" ADD CONSTRAINT "base_import_mapping_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
CREATE INDEX "base_import_mapping__res_model_index" ON "base_import_mapping" ("res_model");
