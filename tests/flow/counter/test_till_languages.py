"""What a till prints, in each of the store's languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.commands import AddLine, AnswerQuestion, Pay
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from tests.shop_fixture import BEER, CONFIG, MILK, done, open_shop, run


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("RECEIPT", "Receipt 1-000001", "TOTAL", "3.70 EUR", "Cash", "Change", "incl. VAT 20% on 2.08", "Milk")),
        ("fr", ("TICKET", "Ticket 1-000001", "TOTAL", "Espèces", "Rendu", "dont TVA 20 % sur 2,08", "Lait")),
        ("he", ("קבלה", "קבלה 1-000001", "סה״כ", "מזומן", "עודף", "כולל מע״מ 20% על 2.08", "חלב")),
    ],
)
def test_a_receipt_in_the_language_of_the_store(tmp_path: Path, language: str, words: tuple[str, ...]) -> None:
    async def main() -> None:
        text = CONFIG.replace('language = "en"', f'language = "{language}"')
        async with open_shop(tmp_path, text=text) as shop:
            await done(shop, AddLine(MILK))
            asked = await done(shop, AddLine(BEER))
            await done(shop, AnswerQuestion(asked.result.questions[0].id))
            await done(shop, Pay("cash", 500))
            job = last_print_job(shop.reader, "1")
            assert job is not None
            printed = plain_text(job.document)
            for word in (*words, "Corner Shop", "123456789", "Thank you"):
                assert word in printed, printed
            assert job.document.language == language
            assert not [line for line in printed.splitlines() if "receipt." in line or "unit." in line]
            assert max(len(line) for line in printed.splitlines()) <= 42

    run(main())
