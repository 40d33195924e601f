-- What a publication says in brief: whoever looks how far it is does not read sixty thousand prices for that.
ALTER TABLE publication ADD COLUMN kinds jsonb NOT NULL DEFAULT '[]';
ALTER TABLE publication ADD COLUMN lines bigint NOT NULL DEFAULT 0;
ALTER TABLE publication ADD COLUMN leads_back boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN publication.kinds IS 'Of which kinds its directives are, each once.';
COMMENT ON COLUMN publication.lines IS 'How many things they say: prices, settings, products.';
COMMENT ON COLUMN publication.leads_back IS 'Whether it can be taken back.';
UPDATE publication SET
    kinds = (SELECT coalesce(jsonb_agg(DISTINCT one ->> 'kind'), '[]') FROM json_array_elements(directives) AS one),
    lines = (SELECT coalesce(sum(CASE json_typeof(said) WHEN 'array' THEN json_array_length(said) ELSE 1 END), 0)
             FROM json_array_elements(directives) AS one,
                  json_each(CASE json_typeof(one -> 'body') WHEN 'object' THEN one -> 'body' ELSE '{}' END) AS of(name, said)),
    leads_back = json_array_length(back::json) > 0
        OR NOT EXISTS (SELECT FROM json_array_elements(directives) AS one WHERE one ->> 'kind' <> 'settings')
WHERE json_typeof(directives) = 'array';
