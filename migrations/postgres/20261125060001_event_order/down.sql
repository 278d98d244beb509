ALTER TABLE "ai_event" DROP COLUMN "seq";
