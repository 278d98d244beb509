-- The dialog in which users change their own password.
CREATE TABLE "change_password_own" (
  "id" serial PRIMARY KEY,
  "create_uid" int4,
  "create_date" timestamp,
  "write_uid" int4,
  "write_date" timestamp,
  "new_password" varchar,
  "confirm_password" varchar
);
ALTER TABLE "change_password_own" ADD CONSTRAINT "change_password_own_create_uid_fkey" FOREIGN KEY ("create_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
ALTER TABLE "change_password_own" ADD CONSTRAINT "change_password_own_write_uid_fkey" FOREIGN KEY ("write_uid") REFERENCES "res_users" (id) ON DELETE SET NULL;
