"""SQL that brings an older ledger up to date.

A new ledger is made from the `tables.sql` of all capabilities (`edge/core/storage/schema.py`). What stands here
brings ledgers of earlier releases to the same tables: numbered SQL, `0101_NAME.sql` the first, written by `./run
new migration NAME` and never edited once it was released. Before the first release there is none.

At a release, with its version in `pyproject.toml`: `python -m tests.migration.make`, which keeps a ledger of it
in `tests/migration` for all later ones.
"""
