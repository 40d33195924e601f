"""Commands of the bulk edit, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.jobs import store as jobs
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.bulk_edit.commands import EditProducts, ProductEdit
from edge.counter.bulk_edit.job import EditJob, EditSettings
from edge.counter.bulk_edit.rules import nothing_asked, wrong_price
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.goods.catalog.categories.queries import known_categories

EDIT_JOB = "edit_products"
_HEAD = "SELECT coalesce(max(seq), 0) FROM journal"


def head(db: Connection) -> int:
    """The newest journal row."""
    return int(db.execute(_HEAD).fetchone()[0])


def refusal(db: Connection, edit: ProductEdit, settings: EditSettings) -> None:
    """Raise `Refusal` if an edit isn't valid for any product."""
    if nothing_asked(edit):
        raise Refusal("edit_nothing")
    if edit.category and edit.category not in known_categories(db, [edit.category]):
        raise Refusal("edit_category_unknown", {"category": edit.category})
    known = settings.tax_classes
    if edit.tax_class is not None and known and edit.tax_class not in known:
        raise Refusal("edit_tax_class_unknown", {"tax_class": edit.tax_class, "known": ", ".join(sorted(known))})
    if edit.price is not None and wrong_price(edit.price):
        raise Refusal("edit_price_wrong")


class BulkEditHandlers:
    """Handles bulk edits in a store with these settings."""

    def __init__(self, settings: EditSettings) -> None:
        self._settings = settings

    def edit_products(self, tx: Transaction, command: EditProducts) -> int:
        if command.edit.key and not (tx.actor.may(MANAGE) or tx.actor.may(SETTINGS)):
            raise Refusal("right_denied", {"command": "EditProducts", "right": SETTINGS})
        refusal(tx.db, command.edit, self._settings)
        newest = head(tx.db)
        seen = newest if command.seen is None else min(command.seen, newest)
        kept = EditJob(msgspec.structs.replace(command, seen=seen), tx.at_us)
        return jobs.queue(tx, EDIT_JOB, msgspec.to_builtins(kept))
