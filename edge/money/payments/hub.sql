DROP FUNCTION IF EXISTS note_payment_news(text, text, text, text, text, text, bigint, boolean, text, text, text, text);
-- The API may write nothing else. An event that is known already is no news (false); where too many wait of a tenant, no
-- more are taken (NULL): providers come again.
CREATE OR REPLACE FUNCTION note_payment_news(
    of_tenant text, by_provider text, of_event text, of_what text, with_transaction text, with_reference text,
    of_amount bigint, has_success boolean, with_reason text, with_due text, with_end text, with_state text,
    by_scheme text, in_currency text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF EXISTS (SELECT FROM payment_news WHERE tenant = of_tenant AND provider = by_provider AND event = of_event) THEN
        RETURN false;
    END IF;
    IF (SELECT count(*) FROM payment_news WHERE tenant = of_tenant AND state = 'waiting') >= 20000 THEN
        RETURN NULL;
    END IF;
    INSERT INTO payment_news
        (tenant, provider, event, what, transaction, reference, amount_minor, success, reason, due, ended, state,
         scheme, currency)
    VALUES (of_tenant, by_provider, of_event, of_what, with_transaction, with_reference,
            of_amount, has_success, with_reason, with_due, with_end, with_state,
            by_scheme, in_currency)
    ON CONFLICT DO NOTHING;
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION note_payment_news(text, text, text, text, text, text, bigint, boolean, text, text, text, text, text, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'edge_hub_reader') THEN  -- tables by themselves have nobody to serve
        GRANT EXECUTE ON FUNCTION note_payment_news(text, text, text, text, text, text, bigint, boolean, text, text, text, text, text, text)
        TO edge_hub_reader;
    END IF;
END $$;
