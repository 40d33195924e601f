-- The key figures of all stores side by side, of each report: as the stores made them.
CREATE OR REPLACE VIEW store_kpi WITH (security_invoker = true) AS
SELECT tenant, store, kind, first_day, last_day, name, unit, value, numerator, denominator, before
FROM report_kpi;
COMMENT ON VIEW store_kpi IS 'The key figures of each store by report: margin, waste, turns, days out of stock ...';
COMMENT ON COLUMN store_kpi.tenant IS 'Tenant that owns the store.';
COMMENT ON COLUMN store_kpi.store IS 'The store.';
COMMENT ON COLUMN store_kpi.kind IS 'daily, weekly or monthly.';
COMMENT ON COLUMN store_kpi.first_day IS 'First day of the period.';
COMMENT ON COLUMN store_kpi.last_day IS 'Last day of the period.';
COMMENT ON COLUMN store_kpi.name IS 'Name of the figure: margin, waste, turns ...';
COMMENT ON COLUMN store_kpi.unit IS 'minor, count, permille or tenths.';
COMMENT ON COLUMN store_kpi.value IS 'The figure; NULL without data.';
COMMENT ON COLUMN store_kpi.numerator IS 'Numerator.';
COMMENT ON COLUMN store_kpi.denominator IS 'Denominator.';
COMMENT ON COLUMN store_kpi.before IS 'The figure of the period before; NULL without data.';
