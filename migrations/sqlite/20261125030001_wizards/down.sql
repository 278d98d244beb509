DROP TABLE "res_users_apikeys_description";
DROP TABLE "res_users_identitycheck";
