"""How the hub turns facts about customers into rows: ids, price lists and consents; the rest is ciphertext, which head
office has no key for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.core.messages import Event
from edge.core.people.forgetting import PersonForgotten
from edge.shop.customers import events
from edge.shop.customers.events import ConsentGiven, ConsentWithdrawn, CustomerSet, CustomersMerged, PersonalDataRead
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

EVENTS: tuple[type[Event], ...] = (*events.EVENTS, PersonForgotten)
UPCASTERS = events.UPCASTERS

_SET = """
    INSERT INTO customer (tenant, store, device, id, price_list, sealed, since, changed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
    ON CONFLICT (tenant, store, device, id) DO UPDATE
        SET price_list = excluded.price_list, sealed = excluded.sealed, changed = excluded.changed
"""
_MERGED = """
    UPDATE customer SET merged_into = $4
    WHERE tenant = $1 AND store = $2 AND device = $3 AND (id = $5 OR merged_into = $5)
"""
_FORGOTTEN = """
    UPDATE customer SET sealed = '{}', forgotten = $5 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""
_GIVEN = """
    INSERT INTO customer_consent (tenant, store, device, seq, customer, purpose, wording, language, how, given)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (tenant, store, device, seq) DO NOTHING
"""
_WITHDRAWN = """
    UPDATE customer_consent SET withdrawn = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND customer = $4 AND purpose = $5 AND withdrawn IS NULL
"""
_READ = """
    UPDATE customer SET reads = reads + 1 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4
"""
_PLACE = (Field("store", "text", "The store."), Field("device", "text", "Its appliance."))
READS = (
    Read(
        name="customers",
        source="customer",
        summary="The customers of each store, by ids that say nothing: who they are, only the store can read.",
        fields=(
            *_PLACE,
            Field("id", "text", "The customer's id, of that store."),
            Field("price_list", "text", "Whose prices hold for them: store or member."),
            Field("since", "time", "When the store first knew them."),
            Field("changed", "time", "When something was last said of them."),
            Field("merged_into", "text", "The customer under whom this id answers; null: its own."),
            Field("forgotten", "time", "When the keys of what was kept of them were destroyed; null: they were not."),
            Field("reads", "integer", "How often all that is kept of them was read out."),
        ),
        key=("store", "device", "id"),
        filters=(Filter("store", "store"), Filter("price_list", "price_list")),
    ),
    Read(
        name="customers/consents",
        source="customer_consent",
        summary="Every yes of customers to a purpose, and until when it held.",
        fields=(
            *_PLACE,
            Field("seq", "integer", "The row of the store's journal."),
            Field("customer", "text", "The customer's id."),
            Field("purpose", "text", "profile, recommendations, marketing, messages, chat, voice or biometrics."),
            Field("wording", "text", "The version of the wording."),
            Field("language", "text", "The language in which they read it."),
            Field("how", "text", "Where they said it."),
            Field("given", "time", "When."),
            Field("withdrawn", "time", "When they said no; null: they did not."),
        ),
        key=("store", "device", "seq"),
        filters=(Filter("store", "store"), Filter("purpose", "purpose"), Filter("customer", "customer")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class CustomerTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "customers"
    version = 1
    tables = ("customer_consent", "customer")

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
        """In their order, for the last fact about a customer is what counts."""
        place = (key.tenant, key.store, key.device)
        for row, event in self.read(rows):
            at = moment(row.at_us)
            match event:
                case CustomerSet():
                    sealed = [getattr(event, field) for field in event.personal]
                    await connection.execute(_SET, *place, event.id, event.price_list, sealed, at)
                case CustomersMerged(kept, merged):
                    await connection.execute(_MERGED, *place, kept, merged)
                case ConsentGiven():
                    said = (event.customer, event.purpose, event.wording, event.language, event.how)
                    await connection.execute(_GIVEN, *place, row.seq, *said, at)
                case ConsentWithdrawn(customer, purpose):
                    await connection.execute(_WITHDRAWN, *place, customer, purpose, at)
                case PersonalDataRead(customer):
                    await connection.execute(_READ, *place, customer)
                case PersonForgotten(person):
                    await connection.execute(_FORGOTTEN, *place, person, at)
