"""A projector whose tables changed since the last release has another version: also if the migration is typed."""

from __future__ import annotations

from pathlib import Path

from edge.core.storage.schema import declared_tables
from edge.operations.ledger import build_registry
from setup.scaffold.edits import Tree
from setup.scaffold.migration import newest_dump, projectors_to_raise
from tests.migration.make import todays
from tests.shop_fixture import config
from tests.tidy.tree import ROOT


def test_ledgers_fill_each_projection_that_changed(tmp_path: Path) -> None:
    projectors = build_registry(config(tmp_path)).projectors
    released = newest_dump(Tree(ROOT))
    assert released is not None and projectors_to_raise(released, list(declared_tables()), projectors) == []
    changed = [sql.replace("CREATE TABLE stock (", "CREATE TABLE stock (other INTEGER,") for sql in declared_tables()]
    (said,) = projectors_to_raise(todays(), changed, projectors)
    assert said.startswith("The projector 'stock' has another table (stock)")
