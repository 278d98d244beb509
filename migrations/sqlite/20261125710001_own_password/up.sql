-- The dialog in which users change their own password.
CREATE TABLE "change_password_own" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "create_uid" INTEGER CONSTRAINT "change_password_own_create_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "create_date" TEXT,
  "write_uid" INTEGER CONSTRAINT "change_password_own_write_uid_fkey" REFERENCES "res_users" (id) ON DELETE SET NULL,
  "write_date" TEXT,
  "new_password" TEXT,
  "confirm_password" TEXT
);
