"""Styles and scripts as they are served: without comments, and with everything else."""

from __future__ import annotations

import gzip

from edge.web import assets


def served(name: str) -> str:
    return gzip.decompress(assets._compress_asset(name)[0]).decode()


def test_styles_and_scripts_are_served_without_comments() -> None:
    own = [name for name in assets.files() if name.endswith((".css", ".js")) and not name.startswith("vendor/")]
    assert len(own) > 300
    for name in own:
        text = served(name)
        assert name.endswith(".js") or ("{" in text and "/* " not in text), name
        assert not [line for line in text.splitlines() if line.lstrip().startswith("//")], name


def test_an_address_in_a_script_is_no_comment() -> None:
    script = assets.files()["outbox.js"].read_text()
    kept = [line for line in script.splitlines() if not line.lstrip().startswith("//")]
    assert served("outbox.js").splitlines() == kept
