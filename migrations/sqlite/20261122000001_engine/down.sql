DROP TABLE http_session;
DROP TABLE orm_cache_generation;
