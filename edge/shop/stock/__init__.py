"""What is on hand. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.stock.commands import MoveStock
from edge.shop.stock.events import EVENTS, UPCASTERS
from edge.shop.stock.handlers import move_stock
from edge.shop.stock.project import projector
from edge.shop.stock.queries import read_stock

capability = Capability(
    name="stock",
    commands=(CommandSpec(MoveStock, move_stock, right=MANAGE, also=STOCK),),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(QuerySpec("stock", read_stock, right=MANAGE, also=STOCK),),
)
