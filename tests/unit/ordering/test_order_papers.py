"""What stands on the papers of an order, as a printer is sent it."""

from __future__ import annotations

import pytest

from edge.counter.till.pages.template_words import elements
from edge.foundation.printing.document import Document, TemplateBlock, Text
from edge.lib.i18n import direction
from edge.lib.i18n.bidi import visual

PHONE = "054-555 0100"


@pytest.mark.parametrize("paper", ["pick", "run"])
@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_a_number_of_a_telephone_is_not_turned_around(paper: str, language: str) -> None:
    person = {"name": "Dana", "phone": PHONE, "address": "1 High Street", "note": ""}
    order = {"said": "K07", "placed_us": 1, "slot_from_us": 0, "fulfilment": "delivery", "version": 1, "place": ""}
    order |= {**person, "lines": [], "total_minor": 100, "min_age": 0}
    shop = {"currency": "EUR", "zone": "Europe/Paris"}
    data = {"shop": shop, "order": order, "orders": [order], "driver": "Omar", "total_minor": 100}
    document = Document(language, (TemplateBlock(f"orders/{paper}", data),))
    texts = [row.text for row in elements(document, "") if isinstance(row, Text)]
    assert PHONE in [visual(text, direction(language) == "rtl") for text in texts]
