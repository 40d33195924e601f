"""Sums that people type are read in one place, static/read_amount.js; each field of numbers says what it holds."""

import re

from tests.tidy.tree import ROOT

READERS = ("edge/web/static/amounts.js", "edge/web/static/read_amount.js")
FIELD = re.compile(r"<input\b(?:\{\{.*?\}\}|\{%.*?%\}|[^>{])*?inputmode=\"decimal\"")
SECOND_READER = re.compile(
    r"""parseFloat|Number\([^;]*\.replace\(["'/],|\* *10 \*\*|Number\([^)]*\.value\)[^;]*_minor"""
)
NOT_FROM_A_FIELD = re.compile(r"parseMinor\([^()]*(?:\([^()]*\)[^()]*)*, *(?:\d|Number|digits)")


def test_each_field_of_numbers_says_what_it_holds() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {field[-120:]}"
        for path in sorted((ROOT / "edge").rglob("*.html"))
        for field in FIELD.findall(path.read_text())
        if not re.search(r"data-(money|number)", field)
    ]
    assert not found, "say data-money (a sum) or data-number at the field"


def test_there_is_no_second_reader_of_sums() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for folder in ("edge", "sync")
        for path in sorted((ROOT / folder).rglob("*.js"))
        if str(path.relative_to(ROOT)) not in READERS and "vendor" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if SECOND_READER.search(line) or NOT_FROM_A_FIELD.search(line)
    ]
    assert not found, f"read it with {READERS}"


def test_the_patterns_see_what_they_are_for() -> None:
    assert SECOND_READER.search("Math.round(Number(it.value.replace(',', '.')) * 10 ** digits)")
    assert NOT_FROM_A_FIELD.search("parseMinor(input.value, input)") is None
    assert NOT_FROM_A_FIELD.search("parseMinor(value('amount'), digits)")
