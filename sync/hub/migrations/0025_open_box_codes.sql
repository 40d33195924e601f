-- Codes that boxes may still bring are seen on head office's page, and withdrawn there.
CREATE FUNCTION open_box_codes(asked text)
RETURNS TABLE (store text, device text, made_by text, made_at timestamptz, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT store, device, made_by, made_at, expires_at FROM box_code
    WHERE of_tenant = asked AND expires_at > now() ORDER BY store, device
$$;

-- Whether there was one.
CREATE FUNCTION withdraw_box_code(asked text, shop text, box text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH gone AS (
        DELETE FROM box_code WHERE of_tenant = asked AND store = shop AND device = box AND expires_at > now()
        RETURNING 1)
    SELECT EXISTS (SELECT FROM gone)
$$;

REVOKE EXECUTE ON FUNCTION open_box_codes(text), withdraw_box_code(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_box_codes(text), withdraw_box_code(text, text, text) TO edge_hub_publisher;
