"""Right-to-left text on paper, in the order of the print head."""

from __future__ import annotations

import pytest

from edge.lib.i18n.bidi import visual, width


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("חלב", "בלח"),
        ("חלב 3% 1 ליטר", "רטיל 1 3% בלח"),
        ("קפה (100%) טרי", "ירט (100%) הפק"),
        ("קפה (Nescafe) 200", "200 (Nescafe) הפק"),
        ("Coca-Cola זירו 1.5", "1.5 וריז Coca-Cola"),
        ("Cola 1.5 l (new)", "Cola 1.5 l (new)"),
        ("1 High Street", "1 High Street"),
        ("קבלה 1-000042", "1-000042 הלבק"),
        ('0.5 ק"ג × 11.80', '11.80 × ג"ק 0.5'),
        ("2026-11-20 10:15", "10:15 2026-11-20"),
        ("\u200e-1.25", "-1.25"),
        ("\u200e-1.25 ILS", "-1.25 ILS"),
        ("שָׁלוֹם", "םולש"),
        ("[((א))]", "[((א))]"),
    ],
)
def test_in_a_hebrew_document(text: str, seen: str) -> None:
    assert visual(text, right_to_left=True) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Milk (1 l)", "Milk (1 l)"),
        ("Café 2 × 1.20", "Café 2 × 1.20"),
        ("Bamba במבה (25 g)", "Bamba הבמב (25 g)"),
        ("במבה 25", "25 הבמב"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_in_a_document_from_left_to_right(text: str, seen: str) -> None:
    assert visual(text, right_to_left=False) == seen


def test_marks_of_direction_take_no_column() -> None:
    assert width("\u200e-1.25") == 5
