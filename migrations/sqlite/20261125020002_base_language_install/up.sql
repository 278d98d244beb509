-- The wizard that installs languages.
CREATE TABLE "base_language_install" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "base_language_install_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "base_language_install_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "overwrite" INTEGER
);
CREATE TABLE "res_lang_install_rel" (
  "language_wizard_id" INTEGER NOT NULL CONSTRAINT "res_lang_install_rel_language_wizard_id_fkey" REFERENCES "base_language_install" (id) ON DELETE CASCADE,
  "lang_id" INTEGER NOT NULL CONSTRAINT "res_lang_install_rel_lang_id_fkey" REFERENCES "res_lang" (id) ON DELETE CASCADE,
  PRIMARY KEY ("language_wizard_id", "lang_id")
);
CREATE INDEX "res_lang_install_rel_lang_id_language_wizard_id_idx" ON "res_lang_install_rel" ("lang_id", "language_wizard_id");
