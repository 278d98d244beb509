DROP TABLE "base_import_mapping" CASCADE;
DROP TABLE "base_import_import" CASCADE;
