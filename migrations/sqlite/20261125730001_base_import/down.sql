DROP TABLE "base_import_mapping";
DROP TABLE "base_import_import";
