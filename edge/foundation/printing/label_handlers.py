"""Handlers of the label commands. Each copy is a print job. Price labels are also recorded in the journal; location and
batch labels aren't."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.printing.commands import LabelOrder, PrintBatchLabel, PrintLabels, PrintPlaceLabel, QueuePrint
from edge.foundation.printing.document import Document
from edge.foundation.printing.events import Label, LabelsPrinted
from edge.foundation.printing.handlers import queue_print
from edge.foundation.printing.labels import (
    LabelGoods,
    Labelled,
    LabelProduct,
    batch_label,
    place_label,
    shelf_label,
    unit_price,
    weighed_label,
)
from edge.lib.codes.encode import with_measure
from edge.lib.codes.rules import CodeRules
from edge.lib.units.money import amount_minor

LABELS_LIMIT = 100
"""Labels per command: about 3 ms of the writer."""


class LabelSettings(msgspec.Struct, frozen=True):
    """Label settings: currency, language, own barcode rules; and the label printer's name ("": the register's)."""

    currency: str
    language: str
    codes: CodeRules = CodeRules()
    printer: str = ""


class Labelling:
    """Labels of a store with these settings."""

    def __init__(self, settings: LabelSettings, goods: LabelGoods) -> None:
        self._settings = settings
        self._goods = goods

    def print_labels(self, tx: Transaction, command: PrintLabels) -> list[int]:
        """Queue labels; return the print jobs in order."""
        if sum(wanted.copies for wanted in command.labels) > LABELS_LIMIT:
            raise Refusal("too_many_labels", {"limit": LABELS_LIMIT})
        made: list[tuple[Label, Document]] = []
        for wanted in command.labels:
            product = self._find(tx, wanted.product)
            if product is None:
                raise Refusal("unknown_sku", {"sku": wanted.product})
            label = self._label(command.kind, wanted, product)
            made.append(label)
        tx.append(LabelsPrinted(command.kind, tuple(label for label, _ in made)))
        jobs = [QueuePrint("label", document, target=self._settings.printer) for _, document in made]
        counts = (label.copies for label, _ in made)
        return [queue_print(tx, job) for job, copies in zip(jobs, counts, strict=True) for _ in range(copies)]

    def print_place_label(self, tx: Transaction, command: PrintPlaceLabel) -> list[int]:
        """Queue location labels; return the print jobs. Not recorded in the journal, because they show no price."""
        names = self._goods.place_names(tx.db, command.location)
        if names is None:
            raise Refusal("no_location", {"location": command.location})
        document = place_label(command.location, names, self._settings.language)
        job = QueuePrint("label", document, target=self._settings.printer)
        return [queue_print(tx, job) for _ in range(command.copies)]

    def print_batch_label(self, tx: Transaction, command: PrintBatchLabel) -> list[int]:
        """Queue batch labels; return the print jobs. Not recorded in the journal, because they show no price and the
        batch is already recorded."""
        product = self._goods.by_sku(tx.db, command.product, tx.at_us)
        if product is None:
            raise Refusal("unknown_sku", {"sku": command.product})
        if not self._settings.printer and not tx.actor.register:
            raise Refusal("label_nowhere")
        labelled = Labelled(product.names, product.price_minor or 0, product.unit, _printable_code(product.codes))
        document = batch_label(labelled, command.lot, command.expiry, self._settings.currency, self._settings.language)
        job = QueuePrint("label", document, target=self._settings.printer)
        return [queue_print(tx, job) for _ in range(command.copies)]

    def _find(self, tx: Transaction, product: str) -> LabelProduct | None:
        goods = self._goods
        return goods.by_sku(tx.db, product, tx.at_us) or goods.by_code(tx.db, product, tx.at_us)

    def _label(self, kind: str, wanted: LabelOrder, product: LabelProduct) -> tuple[Label, Document]:
        price_minor, shop = product.price_minor, self._settings
        if price_minor is None:
            raise Refusal("label_no_price", {"sku": product.sku})
        code = _printable_code(product.codes)
        labelled = Labelled(product.names, price_minor, product.unit, code)
        if product.unit != "piece" and kind == "product":
            if not wanted.quantity:
                raise Refusal("label_no_quantity", {"sku": product.sku})
            total_minor = amount_minor(price_minor, wanted.quantity)
            made = (with_measure(shop.codes, one, wanted.quantity, total_minor) for one in product.codes)
            code = next((one for one in made if one), code)
            document = weighed_label(labelled, wanted.quantity, code, shop.currency, shop.language)
        else:
            if per := unit_price(price_minor, product.size):
                labelled = msgspec.structs.replace(labelled, per_minor=per[0], per_unit=per[1])
            document = shelf_label(labelled, shop.currency, shop.language)
        return Label(product.sku, price_minor, wanted.copies, wanted.quantity or 0, code), document


def _printable_code(codes: tuple[str, ...]) -> str:
    """Return the barcode to print: a GTIN if there is one, in its printed form."""
    plain = [code.lstrip("0") if code.isdigit() else code for code in codes]
    articles = [code.zfill(13 if len(code) > 8 else 8) for code in plain if code.isdigit() and 8 <= len(code) <= 13]
    return next(iter(articles or codes), "")
