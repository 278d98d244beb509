-- Files that are being imported, and which field a column of them was last imported to.
CREATE TABLE "base_import_import" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "base_import_import_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "base_import_import_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "res_model" TEXT,
  "file" BLOB,
  "file_name" TEXT,
  "file_type" TEXT
);
CREATE TABLE "base_import_mapping" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "base_import_mapping_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "base_import_mapping_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "res_model" TEXT,
  "column_name" TEXT,
  "field_name" TEXT
);
CREATE INDEX "base_import_mapping__res_model_index" ON "base_import_mapping" ("res_model");
