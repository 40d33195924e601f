"""Arguments of `edge fiscal`; its implementation is loaded on demand."""

from __future__ import annotations

import argparse

LAWS = ("il", "fr", "at", "de", "ca-on", "ca-qc")


def add_fiscal(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `edge fiscal` and its actions."""
    what = "tax law requirements and files"
    actions = commands.add_parser("fiscal", help=what, description=what).add_subparsers(metavar="ACTION", required=True)

    def action(name: str, does: str, what: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=what)
        made.set_defaults(command=f"fiscal:{does}")
        return made

    def law(made: argparse.ArgumentParser, *which: str) -> None:
        made.add_argument("regime", choices=which, help="the law")

    action("status", "status", "show which laws apply to the shop, and open requirements")
    verify = action("verify", "verify", "check the files for an authority as the authority would")
    verify.add_argument("file", nargs="?", help="a French archive instead, with its .jws in the same folder")
    action("close", "close", "close past days, months and years")
    export = action("export", "export", "create a file for an authority and record it")
    law(export, "il", "fr", "at", "de")
    export.add_argument("--from", dest="since", required=True, help="the first day, such as 2026-01-01")
    export.add_argument("--to", dest="until", required=True, help="the last day, in the past")
    export.add_argument("--register", default="", help="Austria: the register")
    archive = action("archive", "archive", "create France's archive of a closed month or year")
    archive.add_argument("period", help="such as 2026-11, or 2026")
    report = action("report", "report", "create Ontario's report of a month and record it")
    report.add_argument("period", help="such as 2026-11")
    for made in (export, archive, report):
        made.add_argument("-o", dest="output", help="the file (default: by its own name, here)")
    law(action("begin", "begin", "apply a law from today"), *LAWS)
    end = action("end", "end", "stop applying a law")
    law(end, *LAWS)
    end.add_argument("why", choices=("closed", "moved", "other_system", "mistaken"), help="why")
    law(action("new-key", "new_key", "sign with a new key, because no backup has the old one"), "fr", "at", "ca-qc")
    tape = action("tape", "tape", "print Israel's control tape of a register's day, as text")
    tape.add_argument("day", help="such as 2026-11-03")
    tape.add_argument("--register", default="1", help="the register (default: 1)")
    enrol = action("enrol", "enrol", "get Québec's certificate with the authority's code")
    enrol.add_argument("code", help="the authorization code")
    enrol.add_argument("--register", default="1", help="the register (default: 1)")
    asked = action("user-report", "user_report", "print Québec's user report of a register and send it to its service")
    asked.add_argument("--year", type=int, default=0, help="the calendar year (default: this one)")
    asked.add_argument("--register", default="1", help="the register (default: 1)")
    asked.add_argument("--user", default="", help="who requested it (default: the shop)")
    fec = action("fec", "fec", "create France's accounting entries file (FEC) for a tax year")
    fec.add_argument("year", type=int, help="by the calendar year in which the tax year ends, such as 2026")
    fec.add_argument("-o", dest="output", help="the file (default: by its own name, here)")
    action("attest", "attest", "print France's attestation, for publisher and taxpayer to complete and sign")
