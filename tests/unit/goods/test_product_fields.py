"""The table of a product's fields says all that is to be said of each, and its readers say the same."""

from __future__ import annotations

import pytest

from edge.goods.catalog.fields import FIELDS, form_lines
from edge.goods.catalog.hub import PRODUCT
from edge.goods.catalog.pages.product_rows import groups_of
from edge.goods.catalog.product import Product
from edge.goods.ingest.mapping.fields import ORDER, is_field
from edge.goods.ingest.mapping.headers import guess_fields
from edge.lib.i18n import LANGUAGES, words


def test_each_field_of_a_product_stands_in_the_table_once() -> None:
    assert sorted(field.name for field in FIELDS) == sorted(Product.__struct_fields__[1:])
    columns = [column for field in FIELDS for column in (field.column, *field.also)]
    assert len(columns) == len(set(columns))


def test_each_is_on_the_form() -> None:
    lines = {line.name for line in form_lines()}
    groups = {group.key for group in groups_of(None, None, "EUR")}
    assert lines | groups | {"names"} == {field.name for field in FIELDS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_called_by_a_word(language: str) -> None:
    known = words(language)
    assert [field.word for field in FIELDS if field.control != "names" and field.word not in known] == []


def test_each_column_is_found_by_each_of_its_headers() -> None:
    for field in FIELDS:
        wrong = [header for header in field.headers if guess_fields(("sku", header), "en").get(field.column) != (1,)]
        assert wrong == [], field.column
    headers = [header for field in FIELDS for header in field.headers]
    assert len(headers) == len(set(headers)), "one column of a file is one field"


def test_each_that_one_cell_says_is_a_column_of_files() -> None:
    assert [field.column for field in FIELDS if field.is_single and not is_field(field.column)] == []
    assert [field.column for field in FIELDS if field.column not in ORDER] == []


def test_head_office_has_those_that_say_so() -> None:
    there = {column.name for column in PRODUCT.columns if not column.key}
    assert there == {field.name for field in FIELDS if field.hub} | {"retired"}
