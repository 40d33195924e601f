"""The words of `edge fiscal`, without what they do: that is loaded when it is asked for."""

from __future__ import annotations

import argparse

LAWS = ("il", "fr", "at", "de", "ca-on", "ca-qc")


def add_fiscal(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`edge fiscal` and its actions."""
    what = "what tax laws ask of the till"
    actions = commands.add_parser("fiscal", help=what, description=what).add_subparsers(metavar="ACTION", required=True)

    def action(name: str, does: str, what: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=what)
        made.set_defaults(command=f"fiscal:{does}")
        return made

    def law(made: argparse.ArgumentParser, *which: str) -> None:
        made.add_argument("regime", choices=which, help="the law")

    action("status", "status", "under which laws the shop is, and what is missing")
    verify = action("verify", "verify", "look at what would be handed over, as an authority would")
    verify.add_argument("file", nargs="?", help="an archive of France instead; its .jws lies beside it")
    action("close", "close", "close the days, months and years that are over")
    export = action("export", "export", "make a file for an authority, and note it")
    law(export, "il", "fr", "at", "de")
    export.add_argument("--from", dest="since", required=True, help="the first day, such as 2026-01-01")
    export.add_argument("--to", dest="until", required=True, help="the last day, which has to be over")
    export.add_argument("--register", default="", help="Austria: the till that it is of")
    archive = action("archive", "archive", "make France's archive of a month or year that is closed")
    archive.add_argument("period", help="such as 2026-11, or 2026")
    report = action("report", "report", "make Ontario's report of a month, and note it")
    report.add_argument("period", help="such as 2026-11")
    for made in (export, archive, report):
        made.add_argument("-o", dest="output", help="the file (default: by its own name, here)")
    law(action("begin", "begin", "be under a law from today on"), *LAWS)
    end = action("end", "end", "be no longer under a law")
    law(end, *LAWS)
    end.add_argument("why", choices=("closed", "moved", "other_system", "mistaken"), help="why")
    law(action("new-key", "new_key", "sign with a new key, as no backup has the old one"), "fr", "at", "ca-qc")
    tape = action("tape", "tape", "print Israel's control tape of a till's day, as text")
    tape.add_argument("day", help="such as 2026-11-03")
    tape.add_argument("--register", default="1", help="the till (default: 1)")
    enrol = action("enrol", "enrol", "take on Québec's certificate, with the code that the authority gave")
    enrol.add_argument("code", help="the authorisation code")
    enrol.add_argument("--register", default="1", help="the till (default: 1)")
    asked = action("user-report", "user_report", "print Québec's user report of a till, and send it to its service")
    asked.add_argument("--year", type=int, default=0, help="the calendar year (default: this one)")
    asked.add_argument("--register", default="1", help="the till (default: 1)")
    asked.add_argument("--user", default="", help="who asks for it (default: the shop)")
    fec = action("fec", "fec", "make France's file of accounting entries (FEC) of a tax year")
    fec.add_argument("year", type=int, help="by the calendar year in which the tax year ends, such as 2026")
    fec.add_argument("-o", dest="output", help="the file (default: by its own name, here)")
    action("attest", "attest", "print France's attestation, for publisher and taxpayer to complete and sign")
