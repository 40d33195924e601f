"""SQL migrations for ledgers of earlier releases.

A new ledger is made from the `tables.sql` of all capabilities (`edge/core/storage/schema.py`). The migrations here
bring older ledgers to the same tables: numbered SQL starting with `0101_NAME.sql`, created by `./run new migration
NAME` and never edited after release.

At a release, with its version in `edge/__init__.py`: `python -m tests.migration.make`, which keeps a ledger of it
in `tests/migration/releases` for all later ones.
"""
