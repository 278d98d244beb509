-- The wizard that installs languages.
CREATE TABLE "base_language_install" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "overwrite" boolean
);
CREATE TABLE "res_lang_install_rel" (
  "language_wizard_id" int4 NOT NULL,
  "lang_id" int4 NOT NULL,
  PRIMARY KEY ("language_wizard_id", "lang_id")
);
ALTER TABLE "base_language_install" ADD CONSTRAINT "base_language_install_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "base_language_install" ADD CONSTRAINT "base_language_install_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_lang_install_rel" ADD CONSTRAINT "res_lang_install_rel_language_wizard_id_fkey" FOREIGN KEY ("language_wizard_id") REFERENCES "base_language_install" (id) ON DELETE CASCADE;
ALTER TABLE "res_lang_install_rel" ADD CONSTRAINT "res_lang_install_rel_lang_id_fkey" FOREIGN KEY ("lang_id") REFERENCES "res_lang" (id) ON DELETE CASCADE;
CREATE INDEX "res_lang_install_rel_lang_id_language_wizard_id_idx" ON "res_lang_install_rel" ("lang_id", "language_wizard_id");
