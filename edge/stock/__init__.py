"""What is on hand. See README.md."""

from edge.access.rights import MANAGE, STOCK
from edge.core.shapes import Capability, CommandSpec, QuerySpec
from edge.stock.commands import MoveStock
from edge.stock.events import EVENTS, UPCASTERS
from edge.stock.handlers import move_stock
from edge.stock.project import projector
from edge.stock.queries import read_stock

capability = Capability(
    name="stock",
    commands=(CommandSpec(MoveStock, move_stock, right=MANAGE, also=STOCK),),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(QuerySpec("stock", read_stock, right=MANAGE, also=STOCK),),
)
