-- What clients ask to make an API key.
CREATE TABLE "res_users_apikeys_description" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "name" varchar NOT NULL,
  "duration" varchar NOT NULL,
  "expiration_date" timestamp
);
CREATE TABLE "res_users_identitycheck" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "request" varchar,
  "auth_method" varchar,
  "password" varchar
);
ALTER TABLE "res_users_apikeys_description" ADD CONSTRAINT "res_users_apikeys_description_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_apikeys_description" ADD CONSTRAINT "res_users_apikeys_description_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_identitycheck" ADD CONSTRAINT "res_users_identitycheck_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "res_users_identitycheck" ADD CONSTRAINT "res_users_identitycheck_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
