-- What clients ask to make an API key.
CREATE TABLE "res_users_apikeys_description" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_users_apikeys_description_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_users_apikeys_description_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "name" TEXT NOT NULL,
  "duration" TEXT NOT NULL,
  "expiration_date" TEXT
);
CREATE TABLE "res_users_identitycheck" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "res_users_identitycheck_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "res_users_identitycheck_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "request" TEXT,
  "auth_method" TEXT,
  "password" TEXT
);
