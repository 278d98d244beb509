ALTER TABLE "ai_provider" DROP COLUMN "paused_until";
