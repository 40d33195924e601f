"""The command line: `edge COMMAND`. Imports wait until a command needs them."""

from __future__ import annotations

import argparse
import difflib
import errno
import importlib
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from edge import __version__
from edge.app.cli.fiscal_arguments import LAWS, add_fiscal
from edge.app.cli.hub_fetchers import add_fetchers
from edge.app.cli.hub_staff_arguments import add_staff
from edge.app.cli.hub_tenant_arguments import add_tenants
from edge.app.cli.release_arguments import add_hub_release, add_releases
from edge.app.cli.twin_arguments import add_twin
from edge.lib.prepared_modules import use_prepared_modules

FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
"""The system's errors for a full disk or quota. If a command raises one, it's reported without a traceback."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status.

    Errors that users can fix are printed as a sentence, without a traceback.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    parser = make_parser(only_run=_runs(words))
    args = parser.parse_args(words)
    if not hasattr(args, "command"):
        parser.print_help()
        return 2
    use_prepared_modules()
    from edge.core.process import log, tuning
    from edge.lib.errors import EdgeError

    log.set_up("warning")  # to standard error; long-running commands set it up again
    module, _, function = args.command.partition(":")
    try:
        with tuning.loading():
            command = getattr(importlib.import_module(f"edge.app.cli.{module}"), function)
        return int(command(args))
    except EdgeError as error:
        print(f"edge: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks to its user
        return 1
    except BrokenPipeError:
        return 141  # the reader of our output closed the pipe, as `| head` does
    except OSError as error:
        if error.errno not in FULL:
            raise
        full = error.filename2 or error.filename  # when copying, `filename2` is the destination
        where = f" ({full})" if full else ""
        print(f"edge: The disk is full{where}. Free up space there, then try again.", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    """An argument parser that suggests the most similar command."""

    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"invalid choice: '(?P<typed>[^']*)' \(choose from (?P<known>.*)\)", message)
        known = re.findall(r"[\w-]+", wrong["known"]) if wrong else []
        near = difflib.get_close_matches(wrong["typed"], known, 1) if wrong else []
        super().error(f"there is no {wrong['typed']!r}. Did you mean {near[0]!r}?" if wrong and near else message)


def _runs(words: Sequence[str]) -> bool:
    """Whether these words run the shop, as its service does.

    Then the other commands aren't loaded, which saves 20 ms at each start.
    """
    return words == ["run"] or (len(words) == 3 and words[0] == "--config" and words[2] == "run")


def make_parser(only_run: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(prog="edge", description="The in-store appliance.")
    parser.add_argument("--version", action="version", version=f"edge {__version__}")
    parser.add_argument("--config", default="config.toml", help="the configuration file (default: %(default)s)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    run = _command(commands, "run", "run the shop; a new box asks for its settings first")
    run.add_argument("--first-port", type=int, default=8080, help="port of the first start's page (%(default)s)")
    if only_run:
        return parser
    _demo(commands)
    _hub(commands)
    add_twin(commands)
    _command(commands, "check", "check every part, and say what to do about problems")
    devices = _command(commands, "devices", "list what is plugged in, and the lines for config.toml")
    devices.add_argument("--register", default="1", help="the register for these lines (default: %(default)s)")
    devices.add_argument("--phone", action="store_true", help="also write the lines for a phone used as a scanner")
    devices.add_argument(
        "--seconds",
        type=float,
        default=3.0,
        help="how long to search the network; 0 skips the search (default: %(default)s)",
    )
    verify = _command(commands, "verify", "verify the journal's hash chain and its tables")
    verify.add_argument("--deep", action="store_true", help="rebuild them from the first journal entry")
    verify.add_argument("--stock", action="store_true", help="also report stock problems and how to fix them")
    _access(commands)
    _secrets(commands)
    _keeping(commands)
    _people(commands)
    sync = _command(commands, "sync", "work with head office's copy").add_subparsers(metavar="ACTION", required=True)
    verify = sync.add_parser("verify", help="compare head office's copy with this box, also while the shop is selling")
    verify.set_defaults(command="sync:verify")
    enrol = _command(commands, "enrol", "enrol this box with the line from `edge hub enrol` or a code from head office")
    enrol.add_argument("file", help="the file with the enrolment line or code, or - for standard input")
    _catalog(commands)
    _paper(commands)
    _scan(commands)
    _shelf(commands)
    _models(commands)
    for add in (add_fiscal, add_releases):
        add(commands)
    journal = _command(commands, "journal", "work with the journal").add_subparsers(metavar="ACTION", required=True)
    export = journal.add_parser(
        "export", help="write the journal, or the accounting entries made from it, to standard output"
    )
    export.add_argument(
        *("--format",),
        choices=("jsonl", "csv", "hledger", "beancount"),
        default="jsonl",
        help="jsonl: every row; the others: till takings as double entries (default: %(default)s)",
    )
    export.add_argument("--from", dest="from_seq", type=int, default=1, help="the first row (default: %(default)s)")
    export.add_argument("--by-group", action="store_true", help="sales and returns by category")
    export.set_defaults(command="journal:export")
    whole = _command(commands, "export", "export the whole shop as a file").add_subparsers(
        metavar="FORMAT", required=True
    )
    sqlite = whole.add_parser("sqlite", help="create a SQLite file, or update one created earlier")
    sqlite.add_argument("file")
    sqlite.add_argument("--people", action="store_true", help="include names and numbers of sellers and customers")
    sqlite.set_defaults(command="export:sqlite")
    for system, name in (("square", "Square"), ("odoo", "Odoo")):
        away = whole.add_parser(system, help=f"write files for import into {name} to a folder")
        away.add_argument("folder")
        away.add_argument(
            "--people", action="store_true", help="also include customers: names, phone numbers, emails, addresses"
        )
        away.set_defaults(command=f"export:{system}")
    asof = _command(commands, "asof", "export the shop as it was at a given minute, as one SQLite file")
    asof.add_argument("time", help="day and time on the shop's clock, such as 2026-11-20T17:50")
    asof.add_argument("file")
    asof.add_argument("--second", action="store_true", help="if the hour occurs twice, use the second one")
    archive = journal.add_parser("archive", help="move old entries that head office already has into compressed files")
    archive.set_defaults(command="archive:run")
    return parser


def _paper(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    paper = _command(commands, "paper", "print, or show what a printer would print").add_subparsers(
        metavar="ACTION", required=True
    )
    show = paper.add_parser("show", help="render a file of ESC/POS bytes as a printer would print it")
    show.add_argument("file")
    show.add_argument("-o", dest="output", metavar="OUT.png", help="also write an image")
    show.add_argument("--profile", help="the printer profile (default: 80 mm, Epson's code pages)")
    show.set_defaults(command="paper:show")
    label = paper.add_parser("label", help="print labels for products")
    label.add_argument("product", nargs="+", help="its product number or barcode")
    label.add_argument(
        "--kind", choices=("shelf", "product"), default="shelf", help="type of label (default: %(default)s)"
    )
    label.add_argument("--copies", type=int, default=1, help="number of copies (default: %(default)s)")
    label.add_argument("--quantity", help="the weight in its unit, such as 0.756, for --kind product")
    label.add_argument("--register", help="register whose printer is used (default: the first in the configuration)")
    label.set_defaults(command="labels:run")


def _access(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pair = _command(commands, "pair", "approve the browser that shows these digits")
    pair.add_argument("digits", help="the four digits on the browser's screen")
    pair.add_argument("--as", dest="kind", choices=("till", "manager", "kiosk", "phone"), default="till")
    pair.add_argument("--register", default="", help="the register, if there are several")
    pair.add_argument("--label", default="", help="its display name")
    pin = _command(commands, "pin", "set the manager's PIN")
    pin.add_argument("--drop-factor", metavar="USER", help="remove a user's second factor")
    pin.add_argument("--hash", action="store_true", help="only print a PIN's hash, for a users or pin directive")


def _secrets(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(
        commands, "secret", "manage passwords and keys used in config.toml as secret:NAME"
    ).add_subparsers(metavar="ACTION", required=True)
    enter = actions.add_parser("set", help="set one, typed or as a line of standard input")
    enter.set_defaults(command="secret:set_")
    remove = actions.add_parser("remove", help="destroy one")
    remove.set_defaults(command="secret:remove")
    for one in (enter, remove):
        one.add_argument("name", help="its name: lowercase letters, digits, hyphens")
    actions.add_parser("list", help="list them").set_defaults(command="secret:list_")
    actions.add_parser("rotate", help="re-encrypt all of them with a new key").set_defaults(command="secret:rotate")


def _keeping(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "backup", "manage encrypted backups").add_subparsers(metavar="ACTION", required=True)
    actions.add_parser("now", help="make a backup, also while the shop is selling").set_defaults(command="backup:now")
    actions.add_parser("list", help="list them, newest first").set_defaults(command="backup:show_backups")
    code = actions.add_parser("code", help="show the recovery code that opens them on another box; print it")
    code.set_defaults(command="backup:code")
    restore = _command(commands, "restore", "restore a backup")
    which = restore.add_mutually_exclusive_group(required=True)
    which.add_argument("file", nargs="?", help="the backup")
    which.add_argument("--newest", action="store_true", help="the latest one in the backup folder")
    which.add_argument(
        "--as-is", action="store_true", help="continue with this ledger, although it is fenced or damaged"
    )
    restore.add_argument("--replace", action="store_true", help="keep the existing ledger under another name")
    restore.add_argument(
        "--without-the-rest",
        action="store_true",
        help="discard entries that only head office or the replaced ledger has",
    )
    restore.add_argument("--pictures", action="store_true", help="only missing product images")
    restore.add_argument(
        "--look", action="store_true", help="only open and verify it, also while the shop is selling; show what it has"
    )
    restore.add_argument("--json", action="store_true", help="with --look: for programs, as one line of JSON")
    _command(commands, "drill", "test the latest backup by restoring it into a separate folder")
    aside = _command(commands, "aside", "bring in sales that only a replaced ledger has").add_subparsers(
        metavar="ACTION", required=True
    )
    aside.add_parser("list", help="show their number, total and folder").set_defaults(command="aside:show_waiting")
    for action, use in (
        ("bring", "import them into the ledger; stop the shop first"),
        ("settle", "write them off; stop the shop first"),
    ):
        parser = aside.add_parser(action, help=use)
        parser.add_argument("folder", help="such as aside-1795833600")
        parser.set_defaults(command=f"aside:{action}")
        if action == "settle":
            parser.add_argument("--reason", default="Entered by hand", help="for the journal")
    recover = _command(commands, "recover", "rebuild a new box's ledger from head office's copy")
    recover.add_argument("--replace", action="store_true", help="keep an existing ledger under another name")
    support = _command(commands, "support", "tools for support").add_subparsers(metavar="ACTION", required=True)
    bundle = support.add_parser("bundle", help="diagnostics for support, without personal data, sales or secrets")
    bundle.add_argument("file", nargs="?", help="a new file to write to (default: standard output)")
    bundle.set_defaults(command="support:bundle")
    diagnose = _command(commands, "diagnose", "write the support bundle, without personal data, sales or secrets")
    diagnose.add_argument(
        "file", nargs="?", default="", help="a new file (default: edge-diagnosis-TIME.json in this folder)"
    )
    diagnose.set_defaults(command="support:diagnose")
    upgrade = _command(commands, "upgrade", "upgrade the ledger to this version, after a backup")
    how = upgrade.add_mutually_exclusive_group()
    how.add_argument("--rehearse", action="store_true", help="only test it on a copy, also while the shop is selling")
    how.add_argument(
        "--prepare", action="store_true", help="back up, test it on a copy, and keep what the next start needs"
    )
    how.add_argument("--from", dest="source", metavar="LEDGER", help="convert a ledger of version 0.1.0 (deprecated)")


def _people(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "person", "manage stored personal data").add_subparsers(
        metavar="ACTION", required=True
    )
    actions.add_parser("list", help="their ids").set_defaults(command="person:list_people")
    export = actions.add_parser("export", help="export everything stored about a person, as JSON")
    forget = actions.add_parser("forget", help="permanently destroy a person's key everywhere it can be reached")
    for action, function in ((export, "export_person"), (forget, "forget_person")):
        action.add_argument("id", help="the person's ID, such as u7")
        action.set_defaults(command=f"person:{function}")
    show = actions.add_parser(
        "show", help="show personal data again after a restore, with the keys stored with the backups"
    )
    show.set_defaults(command="person:show_person")


def _catalog(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "catalog", "import and export products").add_subparsers(
        metavar="ACTION", required=True
    )
    load = actions.add_parser("import", help="import a file of products and prices")
    load.add_argument("file", help="CSV, TSV, JSON, JSON lines, XLSX or XML, also in gzip or zip")
    load.add_argument("--mapping", help="a TOML file that maps columns to fields")
    load.add_argument("--source", default="", help="the source of the file (default: from its name)")
    load.add_argument("--guess", action="store_true", help="only print the guessed mapping, for use with --mapping")
    load.add_argument("--preview", type=int, metavar="N", help="only preview the first N rows")
    load.add_argument(
        "--dry-run", action="store_true", help="check the whole file and report, without changing anything"
    )
    load.add_argument("--retire-missing", action="store_true", help="discontinue products missing from the file")
    load.add_argument(
        "--retire-percent", type=int, default=20, help="refuse to discontinue more than this (default: %(default)s)"
    )
    load.set_defaults(command="catalog:take")
    back = actions.add_parser("take-back", help="undo an import")
    back.add_argument("job", type=int, help="the import's job number")
    back.add_argument("--dry-run", action="store_true", help="only report what would be undone")
    back.set_defaults(command="catalog:take_back")
    export = actions.add_parser("export", help="export all products to a file that can be imported again")
    export.add_argument("file", help="the file name's ending sets the format: csv, tsv, json, jsonl, xlsx or xml")
    export.set_defaults(command="catalog:export")


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(commands, "demo", "run a whole shop with simulated devices, broker, Postgres and hub")
    demo.add_argument("--folder", default=".local/demo", help="the demo's data folder (default: %(default)s)")
    demo.add_argument("--port", type=int, help="the port of the pages (default: 8080, or another one if it is in use)")
    demo.add_argument(
        "--twin", action="store_true", help="instead, start two boxes and a witness that can be switched off one by one"
    )
    demo.add_argument("--fresh", action="store_true", help="start with an empty shop")
    demo.add_argument("--law", choices=LAWS, help="instead, start a shop with a month of sales under this tax law")


def _hub(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    hub = _command(commands, "hub", "run and manage head office")
    hub.set_defaults(command="hub:run")
    hub.add_argument("--database", help="Postgres, as postgresql://user@host/name (default: $EDGE_HUB_DATABASE)")
    hub.add_argument("--broker", help="host:port, several with commas (default: $EDGE_HUB_BROKER, or 127.0.0.1:8883)")
    hub.add_argument("--no-tls", action="store_true", help="without TLS (or EDGE_HUB_TLS=off), for a private network")
    actions = hub.add_subparsers(metavar="ACTION")
    publish = actions.add_parser("publish", help="publish a directive to a store")
    publish.add_argument("store", help="tenant/store")
    publish.add_argument(
        "kind", help="prices, promotions, catalogue, transfers or pin: edge/backoffice/directives/README.md"
    )
    publish.add_argument("file", help='its body, as JSON: {"prices": [{"code": "4006381333931", "price_minor": 99}]}')
    publish.set_defaults(command="hub:publish")
    status = actions.add_parser("status", help="show how much of each device's journal has been received")
    status.set_defaults(command="hub:status")
    directives = actions.add_parser("directives", help="list updates published to a store, with their results")
    directives.add_argument("store", help="tenant/store")
    directives.add_argument("--limit", type=int, default=10, help="number of latest entries (default: %(default)s)")
    directives.set_defaults(command="hub_directives:run")
    add_fetchers(actions)
    fence = actions.add_parser("fence", help="block a box that was stolen, cloned or replaced")
    fence.add_argument("device", help="tenant/store/device")
    fence.add_argument(
        "--why", default="head office has taken this box out of service", help="the reason shown on the box"
    )
    fence.set_defaults(command="hub_fence:fence")
    unfence = actions.add_parser("unfence", help="unblock a box")
    unfence.add_argument("device", help="tenant/store/device")
    unfence.set_defaults(command="hub_fence:unfence")
    _hub_admin(actions)
    _hub_api(actions)


def _hub_api(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    api = actions.add_parser("api", help="serve head office's tables over HTTP")
    api.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    api.add_argument("--port", type=int, default=8090, help="its port (default: %(default)s)")
    api.set_defaults(command="hub_api:run")
    key = actions.add_parser("key", help="manage API keys for head office").add_subparsers(
        metavar="ACTION", required=True
    )
    add = key.add_parser("add", help="create a key; it is shown once")
    add.add_argument("tenant")
    add.add_argument("name", help="its owner or purpose")
    add.add_argument(
        "--may",
        action="append",
        metavar="RIGHT",
        help="read, read:boxes, read:audit, publish, or publish:KIND; may be repeated (default: read)",
    )
    add.add_argument("--store", action="append", default=[], help="only for this store; may be repeated (default: all)")
    add.add_argument("--days", type=int, default=90, help="validity in days, at most 365 (default: %(default)s)")
    add.set_defaults(command="hub_api:add")
    key.add_parser("list", help="list them").set_defaults(command="hub_api:show_keys")
    revoke = key.add_parser("revoke", help="revoke a key")
    revoke.add_argument("number", type=int)
    revoke.set_defaults(command="hub_api:revoke")
    add_staff(actions)
    add_tenants(actions)
    add_hub_release(actions)


def _hub_admin(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    quarantine = actions.add_parser("quarantine", help="list events that couldn't be added to head office's tables")
    what = quarantine.add_subparsers(metavar="ACTION", required=True)
    shown = what.add_parser("list", help="list them with reasons")
    shown.add_argument("--limit", type=int, default=100, help="number of events to show (default: %(default)s)")
    shown.add_argument("--body", action="store_true", help="also show the event's content")
    shown.set_defaults(command="hub_quarantine:show_quarantine")
    retry = what.add_parser("retry", help="process those devices again from their first row")
    retry.set_defaults(command="hub_quarantine:retry")
    for action in (shown, retry):
        action.add_argument("where", nargs="?", help="tenant, tenant/store or tenant/store/device (default: all)")
    migrate = actions.add_parser(
        "migrate", help="migrate the hub's database to this version, as the owner of its tables"
    )
    migrate.set_defaults(command="hub_admin:migrate")
    archive = actions.add_parser("archive", help="archive old months of the hub's journal")
    archive.add_argument("folder", help="the folder for the files")
    archive.add_argument(
        "--keep-months", type=int, default=24, help="months to keep in Postgres (default: %(default)s)"
    )
    archive.add_argument("--dry-run", action="store_true", help="only report what would be archived")
    archive.set_defaults(command="hub_admin:show_archives")
    back = actions.add_parser("bring-back", help="restore an archived month into Postgres")
    back.add_argument("month", help="as 2026-01")
    back.add_argument("file")
    back.set_defaults(command="hub_admin:brought_back")
    enrol = actions.add_parser("enrol", help="create a box's broker password and print its enrolment line")
    enrol.add_argument("device", help="tenant/store/device, as in the box's config.toml")
    enrol.add_argument("--address", default="", help="the broker as boxes reach it: host:port")
    enrol.add_argument(
        "--ca", metavar="PEM", help="the authority that boxes trust for the broker (default: the system's list)"
    )
    enrol.add_argument("--no-tls", action="store_true", help="without TLS, only for a private network")
    enrol.add_argument(
        "--signing-key",
        metavar="HEX",
        help="the public key that must sign directives, as printed by `edge hub signing-key`",
    )
    enrol.add_argument(
        "--folder",
        default="/etc/mosquitto/edge",
        help="where the broker's password file and access list are (default: %(default)s)",
    )
    enrol.add_argument("-o", dest="output", metavar="FILE", help="write the line to a file that only you can read")
    enrol.add_argument("--revoke", action="store_true", help="remove this box's access")
    enrol.set_defaults(command="hub_enrol:run")
    prepare = actions.add_parser(
        "prepare", help="create the passwords, certificates and signing key of a new head office"
    )
    prepare.add_argument("folder", help="the folder for these files")
    prepare.add_argument(
        "name", help="the host name under which boxes reach the broker, such as head-office.example.com"
    )
    prepare.add_argument("--owner", type=int, metavar="UID", help="the account that owns the files")
    prepare.add_argument("--database-group", type=int, metavar="GID", help="the group of the database's account")
    prepare.set_defaults(command="hub_prepare:run")
    key = actions.add_parser(
        "signing-key", help="print the public half of the key that signs directives, creating the key if missing"
    )
    key.add_argument("file", help="the private key, as PEM; for $EDGE_HUB_SIGNING_KEY_FILE")
    key.set_defaults(command="hub_signing:key")
    sign = actions.add_parser("sign", help="sign all updates published to a store again, for example for a new box")
    sign.add_argument("store", help="tenant/store")
    sign.set_defaults(command="hub_signing:sign")


def _models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "models", "manage AI models").add_subparsers(metavar="ACTION", required=True)
    actions.add_parser("list", help="list all known models, and how to get missing ones").set_defaults(
        command="models:show_models"
    )
    check = actions.add_parser("check", help="check their files, and whether they fit into memory")
    check.add_argument(
        "--box-mb", type=int, default=0, help="plan for a box with this much memory (MiB) instead of this one"
    )
    check.set_defaults(command="models:check")
    fetch = actions.add_parser(
        "fetch", help="install the engines, and download models from the addresses in the configuration"
    )
    fetch.add_argument("name", nargs="*", help="the model to download; without one, only the engines")
    fetch.set_defaults(command="models:fetch")
    bench = actions.add_parser("bench", help="measure the speed and memory use of the installed models")
    bench.add_argument("name", nargs="*")
    bench.set_defaults(command="models:bench")


def _scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "scan", "parse barcodes").add_subparsers(metavar="ACTION", required=True)
    parse = actions.add_parser("parse", help="parse raw scans, one per line, into JSON objects")
    parse.add_argument("file", nargs="?", default="-", help="a file, or - for standard input (default: %(default)s)")
    parse.add_argument("--gs", help="the text used for FNC1 in addition to the GS byte, such as ^ or {GS} or \x1d")
    parse.add_argument("--symbology", help="the symbology that the scanner reports, such as ean13 or ]C1")
    parse.add_argument("--country", help="the country whose rules apply to codes with a weight or price, such as se")
    parse.add_argument("--strict", action="store_true", help="reject GS1 codes that lack a required companion element")
    parse.set_defaults(command="scan:parse")
    image = actions.add_parser("image", help="read the codes in photos, one JSON object each")
    image.add_argument("file", nargs="+")
    image.set_defaults(command="scan:image")


def _shelf(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "shelf", "analyse pictures of shelves").add_subparsers(metavar="ACTION", required=True)
    look = actions.add_parser("look", help="recognise the product in each facing of a picture")
    look.add_argument("image")
    look.add_argument(
        "--planogram", help="a bay's planogram as saved by its page; without it, rows and facings are suggested"
    )
    look.add_argument("--references", default="data/shelf/references", help="its pictures (default: %(default)s)")
    look.add_argument("--json", action="store_true", help="as one JSON object")
    look.set_defaults(command="shelf:look")
    bench = actions.add_parser("bench", help="measure gap detection on a folder of labelled photos (YOLO)")
    bench.add_argument("folder")
    bench.set_defaults(command="shelf:bench")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help, description=help)
    parser.set_defaults(command=f"{name}:run")
    return parser


if __name__ == "__main__":
    sys.exit(main())
