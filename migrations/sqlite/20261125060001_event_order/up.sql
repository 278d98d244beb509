-- The place of an event in the order in which the events were committed. SQLite has one writer at a time and never gives
-- an id twice (AUTOINCREMENT), so it is the id; but above all others where a backup from PostgreSQL brought its own.
ALTER TABLE "ai_event" ADD COLUMN "seq" INTEGER;
UPDATE "ai_event" SET "seq" = "id";
CREATE INDEX "ai_event_seq_index" ON "ai_event" ("seq");
CREATE TRIGGER "ai_event_seq" AFTER INSERT ON "ai_event" WHEN NEW."seq" IS NULL BEGIN
  UPDATE "ai_event" SET "seq" = max(NEW."id", (SELECT coalesce(max("seq"), 0) + 1 FROM "ai_event")) WHERE "id" = NEW."id";
END;
