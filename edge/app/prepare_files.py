"""`python -m edge.app.prepare_files`: compute files at set-up, so that starts don't have to.

Its imports are delayed until patterns are recorded, because they compile most of them.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from edge.lib.prepared_modules import write_modules
from edge.lib.prepared_patterns import recorded_patterns, write_patterns

SHOP = """\
[store]
id = "set-up"
header = ["Set-up"]
currency = "EUR"
zone = "Europe/Paris"
[tax]
[[tax.class]]
id = "standard"
rates = [{ name = "VAT", percent = "20" }]
"""
"""Configuration of a sample shop. Its pages are set up once, to record the patterns of their addresses."""


def main() -> None:
    """Prepare all files. Parses the texts of all languages, compiles receipt and page templates and patterns, gathers
    bytecode, and records the tables, the pages' declarations and the version of static files."""
    sys.dont_write_bytecode = False  # writing bytecode is the purpose here, as with `compileall`
    with recorded_patterns() as patterns:
        import_module("edge.app.cli.run")
        import_module("edge.app.appliance").load_services()
        _prepare_pages()
        _prepare_texts()
    write_patterns(patterns)
    write_modules(sys.modules)


def _prepare_pages() -> None:
    from edge.operations.ledger import build_registry
    from edge.runtime.config import parse
    from edge.web.app import prepare_app
    from edge.web.capability_pages import modules
    from edge.web.live.rendering import page_templates
    from edge.web.page_table import write_page_table

    with tempfile.TemporaryDirectory(prefix="edge-set-up-") as folder:
        registry = build_registry(parse(SHOP, Path(folder, "config.toml")))
        import_module("edge.app.appliance").load_soon(registry)
        prepare_app(registry)
    write_page_table(modules())
    pages = page_templates()
    for name in pages.list_templates(extensions=["html"]):
        pages.get_template(name)


def _prepare_texts() -> None:
    from edge.core.storage import migrate
    from edge.foundation.printing import templates as papers
    from edge.lib.i18n.languages import LANGUAGES
    from edge.lib.i18n.translations import own_sentences

    for language in LANGUAGES:
        own_sentences(language)
    papers.prepare()
    migrate.prepare()


if __name__ == "__main__":
    main()
