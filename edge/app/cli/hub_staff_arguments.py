"""Arguments of `edge hub staff`."""

from __future__ import annotations

import argparse
from typing import get_args

from edge.lib.i18n import LANGUAGES
from sync.hub.mail_wishes import AlertKind


def add_staff(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `edge hub staff`."""
    staff = actions.add_parser("staff", help="manage people at head office").add_subparsers(
        metavar="ACTION", required=True
    )
    for name, function, told in (
        ("set", "set_", "add a person or change their password, typed or as a line of standard input"),
        ("join", "join", "add a person to a tenant"),
        ("leave", "leave", "remove a person from a tenant"),
        ("drop-factor", "drop_factor", "remove the second factor of a lost phone"),
        ("remove", "remove", "forget somebody"),
    ):
        one = staff.add_parser(name, help=told)
        one.add_argument("email")
        one.set_defaults(command=f"hub_staff:{function}")
        if name in ("join", "leave"):
            one.add_argument("tenant")
        if name == "join":
            roles = ("viewer", "editor", "approver", "owner", "support", "translator")
            one.add_argument("--role", choices=roles, default="viewer")
            one.add_argument("--store", action="append", default=[], help="only for this store; may be repeated")
            one.add_argument("--group", action="append", default=[], help="for this group of stores; may be repeated")
    mail = staff.add_parser("mail", help="set email notifications about licences, limits and publications")
    mail.add_argument("email")
    mail.add_argument("tenant")
    how = mail.add_mutually_exclusive_group()
    how.add_argument("--on", dest="on", action="store_const", const=True, help="turn on")
    how.add_argument("--off", dest="on", action="store_const", const=False, help="turn off")
    mail.add_argument("--without", action="append", choices=get_args(AlertKind), help="exclude these; may be repeated")
    mail.add_argument("--zone", help="the time zone of these hours, such as Europe/Paris")
    mail.add_argument("--language", choices=LANGUAGES)
    mail.add_argument("--quiet", metavar="HH:MM-HH:MM", help="quiet hours without emails (empty: none)")
    mail.add_argument("--digest", metavar="HH:MM", help="time of the daily email (empty: never)")
    mail.set_defaults(command="hub_staff:mail")
    staff.add_parser("list", help="list members and their roles").set_defaults(command="hub_staff:show_staff")
    staff.add_parser("log", help="list sign-ins, switches and failed attempts").set_defaults(command="hub_staff:log")
