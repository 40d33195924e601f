"""`python -m edge.app.prepare_files`: precompute files at set-up, so that no start has to."""

from __future__ import annotations

import sys

from edge.core.storage import migrate
from edge.foundation.printing import templates as papers
from edge.lib.i18n.languages import LANGUAGES
from edge.lib.i18n.translations import own_sentences
from edge.web.assets import static
from edge.web.live.rendering import page_templates


def main() -> None:
    """Parse the texts of all languages, compile receipt and page templates, and note the tables and static files."""
    sys.dont_write_bytecode = False  # which is what this is for, as `compileall` is
    for language in LANGUAGES:
        own_sentences(language)
    papers.prepare()
    migrate.prepare()
    static()
    pages = page_templates()
    for name in pages.list_templates(extensions=["html"]):
        pages.get_template(name)


if __name__ == "__main__":
    main()
