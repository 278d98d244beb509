-- Each transaction that changes what caches show adds a row: no two of them meet, as they would counting up one number.
CREATE TABLE orm_cache_change (changed BIGINT NOT NULL);
