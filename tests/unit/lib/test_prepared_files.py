"""What set-up makes beside the bytecode: words that were read, templates and patterns that were compiled, tables."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import msgspec
import pytest

from edge.core.storage import migrate, schema
from edge.lib.i18n import translations
from edge.lib.prepared_patterns import recorded_patterns, use_prepared_patterns, write_patterns
from edge.lib.prepared_templates import PreparedTemplates
from edge.web import assets


@pytest.fixture(autouse=True)
def _bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def _nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: Any, **__: Any) -> None:
        raise AssertionError("it was prepared")

    monkeypatch.setattr(msgspec.toml, "decode", no)
    monkeypatch.setattr(jinja2.Environment, "_parse", no)


def test_words_are_read_from_toml_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = translations.own_sentences.__wrapped__
    first = read("fr")
    _nobody_reads(monkeypatch)
    assert read("fr") == first and len(first) > 1_000
    with pytest.raises(AssertionError, match="prepared"):
        read("he")  # of which nothing was made


def test_words_that_changed_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "en.toml"
    monkeypatch.setattr(translations, "sources", lambda _: [file])
    read = translations.own_sentences.__wrapped__
    for text in ("Stock", "Inventory"):
        file.write_text(f'[title]\nstock = "{text}"\n')
        assert read("en") == {"title.stock": text}


def _environment(source: str) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.DictLoader({"page": source}), bytecode_cache=PreparedTemplates("pages"), autoescape=True
    )


def test_a_template_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _environment("Hello {{ name }}").get_template("page").render(name="<Ana>") == "Hello &lt;Ana&gt;"
    _nobody_reads(monkeypatch)
    assert _environment("Hello {{ name }}").get_template("page").render(name="Bo") == "Hello Bo"


def test_another_template_of_the_same_name_is_compiled() -> None:
    assert _environment("one").get_template("page").render() == "one"
    assert _environment("two").get_template("page").render() == "two"


@pytest.mark.parametrize("left", [b"", b"torn", b"x" * 400])
def test_a_torn_file_is_made_again(tmp_path: Path, left: bytes) -> None:
    assert _environment("whole").get_template("page").render() == "whole"
    (made,) = (file for file in tmp_path.rglob("*") if file.is_file())
    made.write_bytes(left)
    assert _environment("whole").get_template("page").render() == "whole"


def test_where_nothing_may_be_written_words_and_templates_are_there_anyway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    barred = tmp_path / "file"
    barred.write_text("no folder")
    monkeypatch.setattr(sys, "pycache_prefix", str(barred))
    assert translations.own_sentences.__wrapped__("en")["common.save"]
    assert _environment("whole").get_template("page").render() == "whole"


def test_the_declared_tables_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start compares a ledger's tables with them."""
    read, declared = migrate._declared_statements.__wrapped__, schema.declared_tables()
    first = read(declared)
    assert first["journal"].startswith("CREATE TABLE journal")

    def no() -> None:
        raise AssertionError("it was prepared")

    monkeypatch.setattr(migrate, "open_scratch", no)
    assert read(declared) == first
    with pytest.raises(AssertionError, match="prepared"):
        read((*declared, "CREATE TABLE another (id INTEGER)"))


def test_static_files_have_another_address_once_one_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    style = tmp_path / "a.css"
    style.write_text("one")
    monkeypatch.setattr(assets, "files", lambda: {"a.css": style})
    address = assets.static.__wrapped__
    first = address()
    assert address() == first == f"/static/{assets.version_of([('a.css', style)])}"
    style.write_text("three")
    assert address() == f"/static/{assets.version_of([('a.css', style)])}" != first


@pytest.fixture
def _own_compiler() -> Iterator[None]:
    usual = re._compiler.compile  # type: ignore[attr-defined]
    yield
    re._compiler.compile = usual  # type: ignore[attr-defined]
    re.purge()


PATTERNS = [
    ("(?P<day>\\d{4})-(?P<month>0[1-9]|1[0-2])?(x)", 0),
    ("[A-Za-zÀ-ÿא-ת]+?|(?<!a)b(?=c)", re.IGNORECASE),
    (rb"\x1b[\x40-\x5f]+", re.DOTALL),
    ("(?i:strict) # loose", re.VERBOSE | re.MULTILINE),
]


@pytest.mark.usefixtures("_own_compiler")
def test_patterns_are_compiled_once_and_mean_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    re.purge()
    with recorded_patterns() as found:
        usual = [re.compile(pattern, flags) for pattern, flags in PATTERNS]
    write_patterns(found)
    re.purge()
    use_prepared_patterns()

    def no(*_: object) -> None:
        raise AssertionError("it was prepared")

    with monkeypatch.context() as changed:
        changed.setattr(re._parser, "parse", no)  # type: ignore[attr-defined]
        prepared = [re.compile(pattern, flags) for pattern, flags in PATTERNS]
    assert prepared == usual
    assert [one.groupindex for one in prepared] == [one.groupindex for one in usual]
    match = prepared[0].fullmatch("2026-11x")
    assert match is not None and match.groupdict() == {"day": "2026", "month": "11"}
    assert re.compile("an(other)").fullmatch("another")  # nobody prepared it


@pytest.mark.usefixtures("_own_compiler")
def test_damaged_patterns_are_compiled_as_usual(tmp_path: Path) -> None:
    usual = re._compiler.compile  # type: ignore[attr-defined]
    with recorded_patterns() as found:
        re.compile("(?P<one>a|b)")
    write_patterns(found)
    (made,) = (file for file in tmp_path.rglob("*") if file.is_file())
    whole = made.read_bytes()
    for left in (b"", whole[:-1], whole[:-1] + b"x"):
        made.write_bytes(left)
        use_prepared_patterns()
        assert re._compiler.compile is usual  # type: ignore[attr-defined]
