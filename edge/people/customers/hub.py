"""Head office's tables of customers: ids, price lists and consents; the rest is ciphertext without a key there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.core.people.forgetting import PersonForgotten
from edge.people.customers.events import ConsentGiven, ConsentWithdrawn, CustomerSet, CustomersMerged, PersonalDataRead
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import SEQ, Column, Fact, Index, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _sealed_fields(fact: Fact) -> list[str]:
    return [getattr(fact.event, field) for field in fact.event.personal]


def _consent_us(fact: Fact) -> int:
    return fact.event.since_us or fact.row.at_us


CUSTOMER = Table(
    "customer",
    "Customers of each store under anonymous ids; only the store can read their personal data.",
    *place(),
    Column("id", "text", "The store's customer id.", "event.id", key=True),
    Column("price_list", "text", "Price list: store or member.", "event.price_list"),
    Column("sealed", "text[]", "Personal data, encrypted field by field.", _sealed_fields, hidden=True),
    Column("since", "timestamptz", "Time they were added.", "row.at_us"),
    Column("changed", "timestamptz", "Time of the last change.", "row.at_us"),
    Column("merged_into", "text", "Customer this one was merged into; null: not merged.", null=True),
    Column(
        *("forgotten", "timestamptz"),
        "Time the keys to their data were destroyed; null: not destroyed.",
        null=True,
    ),
    Column("reads", "bigint", "Number of exports of their data.", default="0"),
)
"""`sealed` is the encrypted part of `CustomerSet`.

Head office has no key for it; once the customer is forgotten, no key exists.
"""
CUSTOMER_CONSENT = Table(
    "customer_consent",
    "Consents of customers by purpose, with their withdrawal.",
    *place(),
    SEQ,
    Column("customer", "text", "Customer id.", "event.customer"),
    Column(
        *("purpose", "text", "Purpose: profile, recommendations, marketing, messages, chat, voice or biometrics."),
        "event.purpose",
    ),
    Column("wording", "text", "Version of the consent text.", "event.wording"),
    Column("language", "text", "Language of the consent text.", "event.language"),
    Column("how", "text", "Where consent was given.", "event.how"),
    Column("given", "timestamptz", "Time consent was given.", _consent_us),
    Column("withdrawn", "timestamptz", "Time consent was withdrawn; null: not withdrawn.", null=True),
    indexes=(Index("customer_consent_of", "tenant, store, device, customer, purpose"),),
)

_SET = CUSTOMER.upsert("price_list", "sealed", "changed")
_MERGED = """
    UPDATE customer SET merged_into = $4
    WHERE tenant = $1 AND store = $2 AND device = $3 AND (id = $5 OR merged_into = $5)
"""
_FORGOTTEN = """
    UPDATE customer SET sealed = '{}', forgotten = $5 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""
_GIVEN = CUSTOMER_CONSENT.insert_once()
_WITHDRAWN = """
    UPDATE customer_consent SET withdrawn = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND purpose = $5 AND withdrawn IS NULL
    AND (customer = $4 OR customer IN (
        SELECT id FROM customer WHERE tenant = $1 AND store = $2 AND device = $3 AND merged_into = $4))
"""
_READ = """
    UPDATE customer SET reads = reads + 1 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""


class CustomerTables(TableProjector):
    """Projects customer events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "customers"
    version = 1
    tables = (CUSTOMER, CUSTOMER_CONSENT)
    reads = (
        CUSTOMER.read("customers", Filter("store", "store"), Filter("price_list", "price_list")),
        CUSTOMER_CONSENT.read(
            *("customers/consents", Filter("store", "store"), Filter("purpose", "purpose")),
            Filter("customer", "customer"),
        ),
        Read(
            name="customers/counts",
            source="customer_count",
            summary="Number of customers by store.",
            fields=(
                Field("store", "text", "The store."),
                Field("customers", "integer", "Number of customers, without erased ones."),
                Field("members", "integer", "Customers with member prices."),
                Field("new_ones", "integer", "Customers added in the last 30 days."),
            ),
            key=("store",),
            filters=(Filter("store", "store"),),
        ),
        Read(
            name="customers/consents/counts",
            source="consent_count",
            summary="Number of consents by store and purpose.",
            fields=(
                Field("store", "text", "The store."),
                Field(
                    "purpose",
                    "text",
                    "Purpose: profile, recommendations, marketing, messages, chat, voice or biometrics.",
                ),
                Field("given", "integer", "Customers who currently consent."),
                Field("withdrawn", "integer", "Number of withdrawals."),
            ),
            key=("store", "purpose"),
            filters=(Filter("store", "store"), Filter("purpose", "purpose")),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(
            self._project,
            CustomerSet,
            CustomersMerged,
            ConsentGiven,
            ConsentWithdrawn,
            PersonalDataRead,
            PersonForgotten,
        )

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order, because the last one per customer counts."""
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            at = moment(fact.row.at_us)
            match fact.event:
                case CustomerSet():
                    await connection.execute(_SET, *CUSTOMER.record(fact))
                case CustomersMerged(kept, merged):
                    await connection.execute(_MERGED, *of, kept, merged)
                case ConsentGiven():
                    await connection.execute(_GIVEN, *CUSTOMER_CONSENT.record(fact))
                case ConsentWithdrawn(customer, purpose):
                    await connection.execute(_WITHDRAWN, *of, customer, purpose, at)
                case PersonalDataRead(customer):
                    await connection.execute(_READ, *of, customer)
                case PersonForgotten(person):
                    await connection.execute(_FORGOTTEN, *of, person, at)
