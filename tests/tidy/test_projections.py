"""A projector whose tables changed since the newest old ledger has another version: also if the migration is typed."""

from __future__ import annotations

from pathlib import Path

from edge.app.ledger import build_registry
from setup.scaffold.migration import unraised
from tests.shop_fixture import config
from tests.tidy.tree import ROOT


def test_ledgers_fill_each_projection_that_changed(tmp_path: Path) -> None:
    (*_, last) = sorted(path.name[:4] for path in ROOT.glob("edge/migrations/[0-9]*.sql"))
    dumps = {path.stem[-4:]: path.read_text() for path in sorted(ROOT.glob("tests/migration/schema_*.sql"))}
    older = [sql for number, sql in dumps.items() if number < last]
    declared = [path.read_text() for path in ROOT.glob("edge/**/tables.sql")]
    projectors = build_registry(config(tmp_path)).projectors
    assert unraised(older[-1], declared, projectors) == [], "a ledger of the version before is filled"
    changed = [sql.replace("CREATE TABLE stock (", "CREATE TABLE stock (other INTEGER,") for sql in declared]
    (said,) = unraised(dumps[last], changed, projectors)
    assert said.startswith("The projector 'stock' has another table (stock)")
