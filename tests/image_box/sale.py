"""A sale at register 1 of the running shop; prints how many receipts there are."""

import sys
import time
from pathlib import Path

from edge.core.messages import Command, Done
from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.errors import NeedsHuman
from edge.runtime.config import load
from edge.web.client import Client

CODE = "4006381333931"
TRIES, REST_S = 60, 2.0
shop = Client(load(Path("/etc/edge/config.toml")), "1")


def do(command: Command) -> Done:
    """Also a shop that is still starting."""
    for _ in range(TRIES):
        try:
            done = shop.do(command)
        except NeedsHuman:
            time.sleep(REST_S)
            continue
        assert isinstance(done, Done), done
        return done
    raise AssertionError("the shop does not answer")


do(SetProducts((Product("milk", {"en": "Milk"}, (CODE,), 120),)))
try:
    do(OpenShift(10_000))
except AssertionError as error:  # the box sold before
    print(error, file=sys.stderr)
do(AddLine(CODE))
print(do(Pay("cash", 200)).first_seq)
