DROP TABLE "res_lang_install_rel" CASCADE;
DROP TABLE "base_language_install" CASCADE;
