"""Jinja2 templates compiled at set-up, because each takes 10 ms to compile and a page needs several."""

from __future__ import annotations

import jinja2
from jinja2.bccache import Bucket

from edge.lib.prepared_files import bytecode_folder, digest_of, read_prepared, write_prepared


class PreparedTemplates(jinja2.BytecodeCache):
    """Compiled templates of environments of one `kind` (equal options). Ignores templates that have changed, and those
    of another Jinja2 or Python version."""

    def __init__(self, kind: str) -> None:
        self._folder = bytecode_folder(__file__) / kind

    def load_bytecode(self, bucket: Bucket) -> None:
        found = read_prepared(self._folder / bucket.key, self._digest(bucket))
        if found is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        write_prepared(self._folder / bucket.key, self._digest(bucket) + bucket.bytecode_to_string())

    def _digest(self, bucket: Bucket) -> bytes:
        return digest_of((jinja2.__version__.encode(), bucket.checksum.encode()))
