DROP TABLE "res_lang_install_rel";
DROP TABLE "base_language_install";
