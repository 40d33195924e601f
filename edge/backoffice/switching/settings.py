"""Settings for imports from another system."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from edge.backoffice.switching.moved import MovedFile
from edge.backoffice.switching.protocol import BUILT_IN, FileQuestion, Mode, ShopChoices
from edge.backoffice.switching.way_out import ExportTerms
from edge.goods.ingest.from_config import import_settings
from edge.goods.ingest.import_folders import readable
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH, translate
from edge.lib.tables import refusal
from edge.people.customers.settings import CustomerSettings, settings_of
from edge.runtime.config import Config


class SwitchingSettings(msgspec.Struct, frozen=True):
    """Settings for imports. `imports`, `customers`: how files of products and customers are read. `country`: the
    store's."""

    imports: ImportSettings
    customers: CustomerSettings
    country: str

    def stamp(self, path: str) -> str:
        """A digest of a file's size and time and of these settings; answers apply only while it's unchanged. Raises
        `NeedsHuman` if the file wasn't uploaded or no longer exists."""
        real = readable(path, self.imports)
        try:
            facts = real.stat()
        except OSError:
            raise refusal("missing", file=real.name) from None
        told = msgspec.json.encode((str(real), facts.st_size, facts.st_mtime_ns, self), order="deterministic")
        return sha256(told).hexdigest()

    def check_stamp(self, file: MovedFile, choices: ShopChoices | None = None) -> None:
        """Raise `NeedsHuman` if a file, the shop's settings or its `choices` changed since the user answered."""
        gone = choices and not choices.allow(file.answers)
        if gone or (file.stamp and file.stamp != self.stamp(file.path)):
            values: dict[str, str | int] = {"file": readable(file.path, self.imports).name}
            key = "switching.changed_since"
            raise NeedsHuman(translate(ENGLISH, key, **values), "", key, values)

    def question(self, file: MovedFile, mode: Mode, now_us: int, choices: ShopChoices = BUILT_IN) -> FileQuestion:
        """The question for the reader process, with the shop's choices. Raises `NeedsHuman` if the file wasn't
        uploaded."""
        customers, imports = self.customers, self.imports
        return FileQuestion(
            str(readable(file.path, imports)),
            mode,
            *(imports.currency, customers.zone, imports.language, customers.region, self.country),
            datetime.fromtimestamp(now_us / 1e6, ZoneInfo(customers.zone)).date().isoformat(),
            *(customers.member_prefix, customers.least_age),
            "" if file.kind == "unknown" else file.kind,
            file.answers,
            choices,
        )


def export_terms(config: Config) -> ExportTerms:
    """The settings from config.toml for an export to another system."""
    store = config.store
    return ExportTerms(
        *(store.currency, config.catalog.language or store.language, store.zone, (store.header or (store.id,))[0]),
        *(config.tax.table().classes, config.catalog.tax_class),
    )


def switching_settings(config: Config) -> SwitchingSettings:
    """The settings in config.toml."""
    customers = settings_of(config)
    return SwitchingSettings(import_settings(config), customers, config.store.country or customers.region)
