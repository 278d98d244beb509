DROP TABLE orm_cache_change;
