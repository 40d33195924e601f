"""A projector whose tables changed since the newest old ledger has another version: also if the migration is typed."""

from __future__ import annotations

from pathlib import Path

from edge.app.ledger import build_registry
from setup.scaffold.migration import unraised
from tests.shop_fixture import config
from tests.tidy.tree import ROOT


def test_ledgers_fill_each_projection_that_changed(tmp_path: Path) -> None:
    newest = sorted(ROOT.glob("tests/migration/schema_*.sql"))[-1].read_text()
    declared = [path.read_text() for path in ROOT.glob("edge/**/tables.sql")]
    projectors = build_registry(config(tmp_path)).projectors
    assert unraised(newest, declared, projectors) == []
    changed = [sql.replace("CREATE TABLE stock (", "CREATE TABLE stock (other INTEGER,") for sql in declared]
    (said,) = unraised(newest, changed, projectors)
    assert said.startswith("The projector 'stock' has another table (stock)")
