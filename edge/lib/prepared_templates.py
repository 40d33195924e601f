"""Templates of Jinja2 as set-up has compiled them: each takes 10 ms otherwise, and a page waits for several."""

from __future__ import annotations

import jinja2
from jinja2.bccache import Bucket

from edge.lib.prepared_files import bytecode_folder, digest_of, read_prepared, write_prepared


class PreparedTemplates(jinja2.BytecodeCache):
    """What environments of one kind (`kind`: their options are the same) have compiled. Of another template under the
    same name, of another Jinja2 or another Python nothing is taken."""

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
