"""Why a publication stopped, in the language of whoever reads it."""

from __future__ import annotations

import re

import pytest

from edge.app.head_office.hub_office_mail import OpenAlert, line_of, page_words
from sync.hub.causes import TEXTS, Cause, cause_text
from sync.hub.rings import too_few_well

ALERTS = Cause("alerts", {"alerts": 3, "before": 1}).of("alder", 2)
WENT_BACK = Cause("software", {"device": "box-1", "release": "1.1.0", "step": "went_back", "why": "unwell"})
REFUSED = Cause("not_applied", {"device": "box-1", "kind": "prices", "outcome": "refused", "why": "unknown_product"})


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_each_cause_has_words_with_the_same_values(language: str) -> None:
    words = page_words()[language]
    for code, text in TEXTS.items():
        said = set(re.findall(r"{(\w+)}", words[f"cause_{code}"]))
        assert said <= set(re.findall(r"{(\w+)}", text)), code


@pytest.mark.parametrize(
    ("cause", "language", "text"),
    [
        (ALERTS, "en", "Alder: critical alerts since: 3 (1 before), and 2 more"),
        (ALERTS, "fr", "Alder\u202f: 3 alertes critiques depuis, contre 1 avant, et 2 autres"),
        (WENT_BACK, "en", "box-1, version 1.1.0: rolled back, a device or a check got worse"),
        (REFUSED, "en", "box-1, Prices: not understood by its version"),
        (REFUSED, "he", "שרת box-1, מחירים: הגרסה שלו לא מזהה את העדכון שפורסם"),
    ],
)
def test_it_is_said_in_words(cause: Cause, language: str, text: str) -> None:
    assert cause_text(cause, page_words()[language], str.capitalize) == text


def test_programs_read_english() -> None:
    assert ALERTS.text == "alder: critical alerts since: 3 (1 before), and 2 more"
    assert WENT_BACK.text == "box-1: software 1.1.0: went_back unwell"
    found = too_few_well(9, 1)
    assert found is not None and found.text == "9 of 10 stores are working well; 95% are needed to continue"


def test_a_mail_says_it_in_its_readers_language() -> None:
    said = {"title": "Mai", "reason": ALERTS.text, "cause": {"code": "unreached"}}
    alert = OpenAlert("stopped", "may", "1", True, said, 0)
    line = line_of("fr", alert, {})
    assert "aucun magasin de cette vague" in line and "no box" not in line
    by_hand = OpenAlert("stopped", "may", "1", True, {"title": "Mai", "reason": "trop tôt", "cause": None}, 0)
    assert "trop tôt" in line_of("fr", by_hand, {})
