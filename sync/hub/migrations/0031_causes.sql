-- Why a publication stopped by itself, as a code with values: people read it in their language.
ALTER TABLE publication ADD COLUMN cause jsonb;
ALTER TABLE publication_store ADD COLUMN cause jsonb;
COMMENT ON COLUMN publication.cause IS 'Why it stopped by itself: {code, values, store, others}; NULL: it did not, or a person stopped it.';
COMMENT ON COLUMN publication_store.cause IS 'What failed or got worse: {code, values}; NULL: nothing, or `reason` is a code.';
