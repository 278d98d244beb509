-- The place of an event in the order in which the events were committed. ids are given out before the commit, so
-- whoever reads "all ids above the last one" would miss those of a transaction that took longer. NULL until somebody
-- watches (src/db/event.rs).
ALTER TABLE "ai_event" ADD COLUMN "seq" int8;
CREATE SEQUENCE "ai_event_seq" AS int8 OWNED BY "ai_event"."seq";
UPDATE "ai_event" SET "seq" = "id";
SELECT setval('ai_event_seq', (SELECT coalesce(max("id"), 0) + 1 FROM "ai_event"), false);
CREATE UNIQUE INDEX "ai_event_seq_index" ON "ai_event" ("seq");
CREATE INDEX "ai_event_unnumbered_index" ON "ai_event" ("id") WHERE "seq" IS NULL;
