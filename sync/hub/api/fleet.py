"""What the hub itself has to tell: its devices, their quarantine, and what was published to them."""

from __future__ import annotations

from sync.hub.api.reads import Field, Filter, Read

_STORE = Field("store", "text", "The store.")
_DEVICE = Field("device", "text", "The box.")

READS = (
    Read(
        name="devices",
        source="fleet",
        summary="Every box: when it was last heard of, how far its journal is held, and what is wrong with it.",
        fields=(
            _STORE,
            _DEVICE,
            Field("app", "text", "The version that it runs."),
            Field("heard_at", "time", "When its last message was dealt with."),
            Field("epoch", "integer", "The newest epoch of its history."),
            Field("through", "integer", "The last row of its journal that is held; all before it are, too."),
            Field("projected", "integer", "The last row that is in head office's tables; null: none yet."),
            Field("applied", "integer", "The last directive that it has taken."),
            Field("behind", "integer", "Directives that it has not taken yet."),
            Field("quarantined", "integer", "Events that could not be put into head office's tables."),
            Field("waiting", "text", "Why its tables do not go on; null: they do."),
            Field("stopped_code", "text", "Why its journal is not taken any more; null: it is."),
            Field("stopped_text", "text", "The same in words, and what to do."),
            Field("stopped_at", "time", "Since when."),
        ),
        key=("store", "device"),
        filters=(Filter("store", "store"), Filter("device", "device"), Filter("app", "app")),
    ),
    Read(
        name="quarantine",
        source="quarantined",
        summary="Events that could not be put into head office's tables, and why.",
        fields=(
            _STORE,
            _DEVICE,
            Field("projector", "text", "Which tables could not take it."),
            Field("epoch", "integer", "The epoch of the event."),
            Field("seq", "integer", "Its place in the journal."),
            Field("type", "text", "Its type."),
            Field("version", "integer", "Its type's version."),
            Field("reason", "text", "What went wrong."),
            Field("quarantined_at", "time", "When."),
        ),
        key=("store", "device", "projector", "epoch", "seq"),
        filters=(Filter("store", "store"), Filter("device", "device"), Filter("type", "type")),
    ),
    Read(
        name="directives",
        source="directive",
        summary="What was published to the stores.",
        fields=(
            _STORE,
            Field("version", "integer", "Its number in that store."),
            Field("kind", "text", "What it is about."),
            Field("at", "time", "When it was published."),
        ),
        key=("store", "version"),
        filters=(Filter("store", "store"), Filter("kind", "kind"), Filter("from", "version", ">=")),
    ),
)
