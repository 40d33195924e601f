"""Record imports: connectors, their runs, and staged records. See README.md."""

import msgspec

from edge.backoffice.feeds.commands import (
    DropRecord,
    DropRivalGood,
    EnrichProducts,
    FinishRun,
    HearFeedNews,
    IngestFile,
    IngestInvoice,
    MatchRivalGood,
    MendRecord,
    NoteAsked,
    NoteCountsGiven,
    StageRecords,
    TakeOfficeRecords,
    TakeRecord,
    TakeRecords,
)
from edge.backoffice.feeds.entities import CONNECTORS
from edge.backoffice.feeds.events import EVENTS, UPCASTERS
from edge.backoffice.feeds.figures import FIGURES
from edge.backoffice.feeds.handlers import Feeds
from edge.backoffice.feeds.health import GAUGES, fresh
from edge.backoffice.feeds.jobs.enrich_job import ENRICH_JOB, after_import, enrich, enrich_chunks
from edge.backoffice.feeds.jobs.invoice_job import INVOICE_JOB, ingest_invoice, invoice_chunks
from edge.backoffice.feeds.jobs.run_job import PULL_JOB, run_chunks
from edge.backoffice.feeds.project import projector
from edge.backoffice.feeds.queries import (
    read_connector_states,
    read_connectors,
    read_feed_job,
    read_feed_jobs,
    read_feed_log,
    read_staged,
)
from edge.backoffice.feeds.rival_goods import drop_rival_good, match_rival_good, read_rival_goods
from edge.backoffice.feeds.settings import FeedSettings as FeedSettings
from edge.backoffice.feeds.settings import bounds_of as bounds_of
from edge.backoffice.feeds.watches import WATCHES
from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import INSIDE, MACHINE, STAFF
from edge.foundation.access.rights import MANAGE
from edge.goods.quality.commands import NoteSource


def capability(settings: FeedSettings) -> Capability:
    """The feeds capability of a store with these settings."""
    feeds = Feeds(settings)
    set_connector, end_connector = CONNECTORS.commands()
    return Capability(
        name="feeds",
        commands=(
            set_connector,
            msgspec.structs.replace(end_connector, handler=feeds.end_connector),
            CommandSpec(IngestFile, feeds.ingest, right=MANAGE, surfaces=STAFF),
            CommandSpec(IngestInvoice, ingest_invoice, right=MANAGE, surfaces=INSIDE),
            CommandSpec(StageRecords, feeds.stage, right=MANAGE, surfaces=MACHINE),
            CommandSpec(TakeRecords, feeds.take_some, right=MANAGE, surfaces=MACHINE),
            CommandSpec(FinishRun, feeds.finish, right=MANAGE, surfaces=MACHINE),
            CommandSpec(NoteAsked, feeds.note_asked, right=MANAGE, surfaces=MACHINE),
            CommandSpec(NoteCountsGiven, feeds.note_counts_given, right=MANAGE, surfaces=MACHINE),
            CommandSpec(HearFeedNews, feeds.hear_news, right=MANAGE, surfaces=MACHINE),
            CommandSpec(TakeOfficeRecords, feeds.take_from_office, right=MANAGE, surfaces=MACHINE),
            CommandSpec(MendRecord, feeds.mend, right=MANAGE, surfaces=STAFF),
            CommandSpec(TakeRecord, feeds.take_one, right=MANAGE, surfaces=STAFF),
            CommandSpec(EnrichProducts, enrich, right=MANAGE, surfaces=STAFF),
            CommandSpec(DropRecord, feeds.drop, right=MANAGE, surfaces=STAFF),
            CommandSpec(MatchRivalGood, match_rival_good, right=MANAGE, surfaces=STAFF),
            CommandSpec(DropRivalGood, drop_rival_good, right=MANAGE, surfaces=STAFF),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        projectors=(projector,),
        figures=FIGURES,
        queries=(
            QuerySpec("connectors", read_connectors, right=MANAGE, surfaces=STAFF),
            QuerySpec("connector_states", read_connector_states, right=MANAGE, surfaces=STAFF),
            QuerySpec(
                "feed_jobs",
                read_feed_jobs,
                right=MANAGE,
                surfaces=STAFF,
                http=(HttpAddress("GET", "jobs", name="feedJobs"),),
            ),
            QuerySpec("feed_job", read_feed_job, right=MANAGE, surfaces=STAFF),
            QuerySpec("feed_log", read_feed_log, right=MANAGE, surfaces=STAFF),
            QuerySpec("feed_records", read_staged, right=MANAGE, surfaces=STAFF),
            QuerySpec("rival_goods", read_rival_goods, right=MANAGE, surfaces=STAFF),
        ),
        jobs=(
            JobKind(PULL_JOB, run_chunks(settings)),
            JobKind(INVOICE_JOB, invoice_chunks(settings)),
            JobKind(ENRICH_JOB, enrich_chunks),
        ),
        after={NoteSource: after_import(settings)},
        watches=WATCHES,
        mended_at="/manager/feeds",
        checks=(fresh,),
        gauges=GAUGES,
    )
