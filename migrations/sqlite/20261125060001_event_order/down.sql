DROP TRIGGER "ai_event_seq";
DROP INDEX "ai_event_seq_index";
ALTER TABLE "ai_event" DROP COLUMN "seq";
