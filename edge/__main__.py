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

FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
"""What the system calls a disk without room. Wherever a command met it, that is said and no traceback shown."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; its exit status. Errors that people can mend are a sentence, not a traceback."""
    parser = _parser()
    args = parser.parse_args(argv)
    if not hasattr(args, "command"):
        parser.print_help()
        return 2
    from edge.core.process import log, tuning
    from edge.lib.errors import EdgeError

    log.set_up("warning")  # to standard error; who runs for long sets it up anew
    module, _, function = args.command.partition(":")
    try:
        with tuning.loading():
            command = getattr(importlib.import_module(f"edge.app.cli.{module}"), function)
        return int(command(args))
    except EdgeError as error:
        print(f"edge: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks to its user
        return 1
    except BrokenPipeError:
        return 141  # whoever read our output went away, as with `| head`
    except OSError as error:
        if error.errno not in FULL:
            raise
        where = f" ({error.filename})" if error.filename else ""
        print(f"edge: The disk is full{where}. Make room there, then try again.", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    """One that says which command was perhaps meant."""

    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"invalid choice: '(?P<typed>[^']*)' \(choose from (?P<known>.*)\)", message)
        known = re.findall(r"[\w-]+", wrong["known"]) if wrong else []
        near = difflib.get_close_matches(wrong["typed"], known, 1) if wrong else []
        super().error(f"there is no {wrong['typed']!r}. Did you mean {near[0]!r}?" if wrong and near else message)


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(prog="edge", description="The in-store appliance.")
    parser.add_argument("--version", action="version", version=f"edge {__version__}")
    parser.add_argument("--config", default="config.toml", help="the configuration file (default: %(default)s)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    run = _command(commands, "run", "run the shop until it is told to stop; a new box asks what it must know first")
    run.add_argument("--first-port", type=int, default=8080, help="port of the first start's page (%(default)s)")
    _demo(commands)
    _hub(commands)
    add_twin(commands)
    _command(commands, "check", "say what is wrong and what to do, part by part")
    devices = _command(commands, "devices", "list what is plugged in, and the lines for config.toml")
    devices.add_argument("--register", default="1", help="the till that the lines are for (default: %(default)s)")
    devices.add_argument("--phone", action="store_true", help="also make the lines for a phone as a scanner")
    devices.add_argument(
        "--seconds", type=float, default=3.0, help="how long to ask the network; 0 is not at all (default: %(default)s)"
    )
    verify = _command(commands, "verify", "check the ledger's chain and rebuild its tables beside the live ones")
    verify.add_argument("--deep", action="store_true", help="rebuild them from the first fact on")
    verify.add_argument("--stock", action="store_true", help="say also what of the stock wants a look, and what to do")
    _access(commands)
    _secrets(commands)
    _keeping(commands)
    _people(commands)
    sync = _command(commands, "sync", "head office's copy").add_subparsers(metavar="ACTION", required=True)
    verify = sync.add_parser(
        "verify", help="compare what head office holds with what is here, also while the shop sells"
    )
    verify.set_defaults(command="sync:verify")
    enrol = _command(commands, "enrol", "take the line of `edge hub enrol`, or the code of head office's page")
    enrol.add_argument("file", help="the file with the line or the code, or - for standard input")
    _catalog(commands)
    _paper(commands)
    _scan(commands)
    _shelf(commands)
    _models(commands)
    for add in (add_fiscal, add_releases):
        add(commands)
    journal = _command(commands, "journal", "the journal").add_subparsers(metavar="ACTION", required=True)
    export = journal.add_parser("export", help="write the journal, or the books it makes, to standard output")
    export.add_argument(
        *("--format",),
        choices=("jsonl", "csv", "hledger", "beancount"),
        default="jsonl",
        help="jsonl: every row; the others: what the till took, as double entries (default: %(default)s)",
    )
    export.add_argument("--from", dest="from_seq", type=int, default=1, help="the first row (default: %(default)s)")
    export.add_argument("--by-group", action="store_true", help="what was sold and came back, by categories")
    export.set_defaults(command="journal:export")
    whole = _command(commands, "export", "the whole shop as a file").add_subparsers(metavar="FORMAT", required=True)
    sqlite = whole.add_parser("sqlite", help="make one SQLite file, or bring one that was made so up to date")
    sqlite.add_argument("file")
    sqlite.add_argument("--people", action="store_true", help="with who sold and who bought: names and numbers")
    sqlite.set_defaults(command="export:sqlite")
    asof = _command(commands, "asof", "the shop as it was at a minute, as one SQLite file")
    asof.add_argument("time", help="day and time on the shop's clock, such as 2026-11-20T17:50")
    asof.add_argument("file")
    asof.add_argument("--second", action="store_true", help="of an hour that came twice, the second time")
    archive = journal.add_parser("archive", help="put what is old and held by head office into compressed files")
    archive.set_defaults(command="archive:run")
    return parser


def _paper(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    paper = _command(commands, "paper", "what printers print").add_subparsers(metavar="ACTION", required=True)
    show = paper.add_parser("show", help="draw a file of ESC/POS bytes as a printer would print it")
    show.add_argument("file")
    show.add_argument("-o", dest="output", metavar="OUT.png", help="write a picture as well")
    show.add_argument("--profile", help="the printer it was meant for (default: 80 mm, Epson's code pages)")
    show.set_defaults(command="paper:show")
    label = paper.add_parser("label", help="print labels for products")
    label.add_argument("product", nargs="+", help="its number in the shop, or one of its codes")
    label.add_argument("--kind", choices=("shelf", "product"), default="shelf", help="what for (default: %(default)s)")
    label.add_argument("--copies", type=int, default=1, help="of each (default: %(default)s)")
    label.add_argument("--quantity", help="how much was weighed, in its unit, such as 0.756: for --kind product")
    label.add_argument("--register", help="whose printer (default: the first in the configuration)")
    label.set_defaults(command="labels:run")


def _access(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pair = _command(commands, "pair", "let in the browser that shows these digits")
    pair.add_argument("digits", help="the four digits on its screen")
    pair.add_argument("--as", dest="kind", choices=("till", "manager", "kiosk", "phone"), default="till")
    pair.add_argument("--register", default="", help="the till that it is for, where there are several")
    pair.add_argument("--label", default="", help="what people call it")
    pin = _command(commands, "pin", "set the PIN that guards overrides")
    pin.add_argument("--drop-factor", metavar="USER", help="let a user have no second factor any more")
    pin.add_argument("--hash", action="store_true", help="only print a PIN's hash, for a directive of users or pin")


def _secrets(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "secret", "passwords and keys that config.toml names as secret:NAME").add_subparsers(
        metavar="ACTION", required=True
    )
    enter = actions.add_parser("set", help="enter one, typed or as a line of standard input")
    enter.set_defaults(command="secret:set_")
    remove = actions.add_parser("remove", help="destroy one")
    remove.set_defaults(command="secret:remove")
    for one in (enter, remove):
        one.add_argument("name", help="its name: small letters, digits, hyphens")
    actions.add_parser("list", help="which there are").set_defaults(command="secret:list_")
    actions.add_parser("rotate", help="put all under a new key").set_defaults(command="secret:rotate")


def _keeping(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "backup", "encrypted copies of the ledger").add_subparsers(
        metavar="ACTION", required=True
    )
    actions.add_parser("now", help="make one, also while the shop sells").set_defaults(command="backup:now")
    actions.add_parser("list", help="which there are, the newest first").set_defaults(command="backup:show_backups")
    code = actions.add_parser("code", help="show the recovery code, which opens them on another box: print it")
    code.set_defaults(command="backup:code")
    restore = _command(commands, "restore", "make a backup the ledger again")
    which = restore.add_mutually_exclusive_group(required=True)
    which.add_argument("file", nargs="?", help="the backup")
    which.add_argument("--newest", action="store_true", help="the newest in the backup place")
    which.add_argument("--as-is", action="store_true", help="go on with the ledger here, wrongly fenced or damaged")
    restore.add_argument("--replace", action="store_true", help="put the ledger that is there aside")
    restore.add_argument(
        "--without-the-rest",
        action="store_true",
        help="leave what head office or the replaced ledger holds beyond it",
    )
    restore.add_argument("--pictures", action="store_true", help="only pictures of products that are not here any more")
    _command(commands, "drill", "restore the newest backup into a place of its own and verify it")
    aside = _command(commands, "aside", "sales that only a replaced ledger has").add_subparsers(
        metavar="ACTION", required=True
    )
    aside.add_parser("list", help="how many, of which sum, in which folder").set_defaults(command="aside:show_waiting")
    for action, use in (("bring", "bring them into the ledger; the shop is stopped"), ("settle", "name them no more")):
        parser = aside.add_parser(action, help=use)
        parser.add_argument("folder", help="such as aside-1795833600")
        parser.set_defaults(command=f"aside:{action}")
    recover = _command(commands, "recover", "rebuild the ledger of a new box from what head office holds")
    recover.add_argument("--replace", action="store_true", help="put a ledger that is there aside")
    support = _command(commands, "support", "for who helps this box").add_subparsers(metavar="ACTION", required=True)
    bundle = support.add_parser("bundle", help="what helps to find a fault: no people, sales or secrets")
    bundle.add_argument("file", nargs="?", help="a new file to write it into (default: it is shown)")
    bundle.set_defaults(command="support:bundle")
    diagnose = _command(commands, "diagnose", "write the support bundle: no people, sales or secrets")
    diagnose.add_argument("file", nargs="?", default="", help="a new file (default: edge-diagnosis-TIME.json here)")
    diagnose.set_defaults(command="support:diagnose")
    upgrade = _command(commands, "upgrade", "bring the ledger to this version, with a backup before")
    how = upgrade.add_mutually_exclusive_group()
    how.add_argument("--rehearse", action="store_true", help="only try it on a copy, also while the shop sells")
    how.add_argument("--from", dest="source", metavar="LEDGER", help="take one of a schema never released across")


def _people(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "person", "people of whom something is kept").add_subparsers(
        metavar="ACTION", required=True
    )
    actions.add_parser("list", help="their ids").set_defaults(command="person:list_people")
    export = actions.add_parser("export", help="all that is kept of one, as JSON, for them")
    forget = actions.add_parser("forget", help="destroy the key of one, for good, wherever it can be reached")
    for action, function in ((export, "export_person"), (forget, "forget_person")):
        action.add_argument("id", help="the person's id, such as u7")
        action.set_defaults(command=f"person:{function}")
    show = actions.add_parser("show", help="show people again after a restore, with their keys from beside the backups")
    show.set_defaults(command="person:show_person")


def _catalog(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "catalog", "the catalogue").add_subparsers(metavar="ACTION", required=True)
    load = actions.add_parser("import", help="take a file of products and prices into the shop")
    load.add_argument("file", help="CSV, TSV, JSON, JSON lines, XLSX or XML; gzip and zip are opened")
    load.add_argument("--mapping", help="a TOML file that says which column is what")
    load.add_argument("--source", default="", help="whose word it is (default: what the file's name says)")
    load.add_argument("--guess", action="store_true", help="only print the mapping that is guessed, for --mapping")
    load.add_argument("--preview", type=int, metavar="N", help="only show what the first N rows would become")
    load.add_argument("--dry-run", action="store_true", help="read all of it, report, and change nothing")
    load.add_argument("--retire-missing", action="store_true", help="give up products that the file has no more")
    load.add_argument(
        "--retire-percent", type=int, default=20, help="refuse to give up more of them (default: %(default)s)"
    )
    load.set_defaults(command="catalog:take")
    back = actions.add_parser("take-back", help="put back what an import changed")
    back.add_argument("job", type=int, help="its number, as the import said it")
    back.add_argument("--dry-run", action="store_true", help="only say what that would put back")
    back.set_defaults(command="catalog:take_back")
    export = actions.add_parser("export", help="write all products into a file that import takes back")
    export.add_argument("file", help="its ending says the format: csv, tsv, json, jsonl, xlsx or xml")
    export.set_defaults(command="catalog:export")


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(commands, "demo", "run a whole shop with simulated devices, broker, Postgres and hub")
    demo.add_argument("--folder", default=".local/demo", help="where the demo keeps its data (default: %(default)s)")
    demo.add_argument("--port", type=int, help="the page's port (default: 8080, or another where that is taken)")
    demo.add_argument("--twin", action="store_true", help="instead, two boxes and a witness, and a switch for each")
    demo.add_argument("--fresh", action="store_true", help="begin with an empty shop")
    demo.add_argument("--law", choices=LAWS, help="instead, a shop that traded a month under this tax law")


def _hub(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    hub = _command(commands, "hub", "the cloud's side: take journals from the broker into Postgres")
    hub.set_defaults(command="hub:run")
    hub.add_argument("--database", help="Postgres, as postgresql://user@host/name (default: $EDGE_HUB_DATABASE)")
    hub.add_argument("--broker", help="host:port (default: $EDGE_HUB_BROKER, or 127.0.0.1:8883)")
    hub.add_argument("--no-tls", action="store_true", help="in the clear (or EDGE_HUB_TLS=off): for one's own network")
    actions = hub.add_subparsers(metavar="ACTION")
    publish = actions.add_parser("publish", help="publish a directive to a store")
    publish.add_argument("store", help="tenant/store")
    publish.add_argument(
        "kind", help="prices, promotions, catalogue, transfers or pin: edge/backoffice/directives/README.md"
    )
    publish.add_argument("file", help='its body, as JSON: {"prices": [{"code": "4006381333931", "price_minor": 99}]}')
    publish.set_defaults(command="hub:publish")
    status = actions.add_parser("status", help="how far each device's journal is held")
    status.set_defaults(command="hub:status")
    directives = actions.add_parser("directives", help="what was published to a store, and what became of it")
    directives.add_argument("store", help="tenant/store")
    directives.add_argument("--limit", type=int, default=10, help="the last so many (default: %(default)s)")
    directives.set_defaults(command="hub_directives:run")
    add_fetchers(actions)
    fence = actions.add_parser("fence", help="take nothing of a box any more: stolen, cloned, replaced")
    fence.add_argument("device", help="tenant/store/device")
    fence.add_argument("--why", default="head office has taken this box out of service", help="what the box says of it")
    fence.set_defaults(command="hub_fence:fence")
    unfence = actions.add_parser("unfence", help="let a box in again")
    unfence.add_argument("device", help="tenant/store/device")
    unfence.set_defaults(command="hub_fence:unfence")
    _hub_admin(actions)
    _hub_api(actions)


def _hub_api(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    api = actions.add_parser("api", help="serve head office's tables over HTTP")
    api.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    api.add_argument("--port", type=int, default=8090, help="its port (default: %(default)s)")
    api.set_defaults(command="hub_api:run")
    key = actions.add_parser("key", help="the keys of head office's programs").add_subparsers(
        metavar="ACTION", required=True
    )
    add = key.add_parser("add", help="make one; it is shown once")
    add.add_argument("tenant")
    add.add_argument("name", help="whose or what for it is")
    add.add_argument(
        "--may",
        action="append",
        metavar="RIGHT",
        help="read, read:boxes, read:audit, publish, or publish:KIND; may be repeated (default: read)",
    )
    add.add_argument(
        "--store", action="append", default=[], help="for this store alone; may be repeated (default: all)"
    )
    add.add_argument("--days", type=int, default=90, help="how long it is good, 365 at most (default: %(default)s)")
    add.set_defaults(command="hub_api:add")
    key.add_parser("list", help="which there are").set_defaults(command="hub_api:show_keys")
    revoke = key.add_parser("revoke", help="take one out of use")
    revoke.add_argument("number", type=int)
    revoke.set_defaults(command="hub_api:revoke")
    add_staff(actions)
    add_tenants(actions)
    add_hub_release(actions)


def _hub_admin(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    quarantine = actions.add_parser("quarantine", help="events that could not be put into head office's tables")
    what = quarantine.add_subparsers(metavar="ACTION", required=True)
    shown = what.add_parser("list", help="which, and why")
    shown.add_argument("--limit", type=int, default=100, help="show so many (default: %(default)s)")
    shown.add_argument("--body", action="store_true", help="show also what the shop wrote")
    shown.set_defaults(command="hub_quarantine:show_quarantine")
    retry = what.add_parser("retry", help="put those devices into the tables again, from their first row on")
    retry.set_defaults(command="hub_quarantine:retry")
    for action in (shown, retry):
        action.add_argument("where", nargs="?", help="tenant, tenant/store or tenant/store/device (default: all)")
    migrate = actions.add_parser("migrate", help="bring the hub's database to this version, as the owner of its tables")
    migrate.set_defaults(command="hub_admin:migrate")
    archive = actions.add_parser("archive", help="move old months of the hub's journal into files")
    archive.add_argument("folder", help="where the files go")
    archive.add_argument("--keep-months", type=int, default=24, help="that stay in Postgres (default: %(default)s)")
    archive.add_argument("--dry-run", action="store_true", help="only say what would leave")
    archive.set_defaults(command="hub_admin:show_archives")
    back = actions.add_parser("bring-back", help="take an archived month back into Postgres")
    back.add_argument("month", help="as 2026-01")
    back.add_argument("file")
    back.set_defaults(command="hub_admin:brought_back")
    enrol = actions.add_parser("enrol", help="give a box its password at the broker, and print the line for the box")
    enrol.add_argument("device", help="tenant/store/device, as in the box's config.toml")
    enrol.add_argument("--address", default="", help="the broker as boxes reach it: host:port")
    enrol.add_argument("--ca", metavar="PEM", help="whose word boxes take for the broker (default: the system's list)")
    enrol.add_argument("--no-tls", action="store_true", help="in the clear: for a network of one's own alone")
    enrol.add_argument(
        "--signing-key", metavar="HEX", help="whose signature directives must have, as `edge hub signing-key` says"
    )
    enrol.add_argument(
        "--folder",
        default="/etc/mosquitto/edge",
        help="where the broker's password file and access list are (default: %(default)s)",
    )
    enrol.add_argument("-o", dest="output", metavar="FILE", help="write the line to a file that only you may read")
    enrol.add_argument("--revoke", action="store_true", help="let this box in no more")
    enrol.set_defaults(command="hub_enrol:run")
    prepare = actions.add_parser("prepare", help="make the passwords, certificates and key of a new head office")
    prepare.add_argument("folder", help="where they go")
    prepare.add_argument("name", help="the name by which boxes reach the broker, as head-office.example.com")
    prepare.add_argument("--owner", type=int, metavar="UID", help="the account that all of it belongs to")
    prepare.add_argument("--database-group", type=int, metavar="GID", help="the group of the database's account")
    prepare.set_defaults(command="hub_prepare:run")
    key = actions.add_parser(
        "signing-key", help="the key that signs directives: its public half; made if it is not there"
    )
    key.add_argument("file", help="the private key, as PEM; for $EDGE_HUB_SIGNING_KEY_FILE")
    key.set_defaults(command="hub_signing:key")
    sign = actions.add_parser("sign", help="sign what was published to a store anew, as when a box is new there")
    sign.add_argument("store", help="tenant/store")
    sign.set_defaults(command="hub_signing:sign")


def _models(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "models", "what sees, hears, speaks and answers").add_subparsers(
        metavar="ACTION", required=True
    )
    actions.add_parser("list", help="every model that is known, and what those that are not here need").set_defaults(
        command="models:show_models"
    )
    check = actions.add_parser("check", help="whether their files are sound, and how they fit into the memory")
    check.add_argument("--box-mb", type=int, default=0, help="plan for a box of so many MiB instead of this one")
    check.set_defaults(command="models:check")
    fetch = actions.add_parser("fetch", help="bring the engines, and models from the addresses in the configuration")
    fetch.add_argument("name", nargs="*", help="a model; none: the engines alone")
    fetch.set_defaults(command="models:fetch")
    bench = actions.add_parser("bench", help="how fast the models are that are here, and what they take")
    bench.add_argument("name", nargs="*")
    bench.set_defaults(command="models:bench")


def _scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "scan", "what codes mean").add_subparsers(metavar="ACTION", required=True)
    parse = actions.add_parser("parse", help="raw scans, one a line, to one JSON object each")
    parse.add_argument("file", nargs="?", default="-", help="a file, or - for standard input (default: %(default)s)")
    parse.add_argument("--gs", help="what stands for FNC1 besides the GS byte, such as ^ or {GS} or \\x1d")
    parse.add_argument("--symbology", help="what the scanner says the codes are, such as ean13 or ]C1")
    parse.add_argument("--country", help="whose ranges hold for codes with a weight or price in them, such as se")
    parse.add_argument("--strict", action="store_true", help="refuse GS1 codes that lack a companion GS1 asks for")
    parse.set_defaults(command="scan:parse")
    image = actions.add_parser("image", help="the codes in photographs, one JSON object each")
    image.add_argument("file", nargs="+")
    image.set_defaults(command="scan:image")


def _shelf(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _command(commands, "shelf", "what pictures of shelves show").add_subparsers(
        metavar="ACTION", required=True
    )
    look = actions.add_parser("look", help="what stands in each facing of a picture")
    look.add_argument("image")
    look.add_argument("--planogram", help="a bay's plan as its page saves it; without, rows and facings are proposed")
    look.add_argument("--references", default="data/shelf/references", help="its pictures (default: %(default)s)")
    look.add_argument("--json", action="store_true", help="as one JSON object")
    look.set_defaults(command="shelf:look")
    bench = actions.add_parser("bench", help="how well voids are found in a folder of labelled photographs (YOLO)")
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
