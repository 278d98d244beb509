DROP TABLE "change_password_own";
