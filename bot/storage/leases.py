"""Who of several processes does what only one may do. Statements on one connection to PostgreSQL, by its clock."""

from sqlalchemy import BigInteger, Connection, bindparam, delete, func, literal, or_, select, type_coerce
from sqlalchemy.dialects import postgresql

from bot.storage.columns import Moment
from bot.storage.tables import LEASE

NOW = type_coerce(func.floor(func.extract("epoch", func.clock_timestamp()) * 1000).cast(BigInteger), Moment())
UNTIL = type_coerce(type_coerce(NOW, BigInteger) + bindparam("milliseconds_", type_=BigInteger), Moment())

_new = postgresql.insert(LEASE).from_select(
    ["name", "holder", "until"], select(bindparam("name_", type_=LEASE.c.name.type), bindparam("holder_"), UNTIL)
)
TAKE = _new.on_conflict_do_update(
    index_elements=["name"],
    set_={"holder": _new.excluded.holder, "until": _new.excluded.until},
    where=or_(LEASE.c.holder == _new.excluded.holder, LEASE.c.until <= NOW),
).returning(literal(1))


def take(connection: Connection, name: str, holder: str, seconds: float) -> bool:
    """Leases something, or leases it for longer. False if somebody else has it."""
    given = {"name_": name, "holder_": holder, "milliseconds_": int(seconds * 1000)}
    return connection.execute(TAKE, given).scalar() is not None


def let_go(connection: Connection, name: str, holder: str) -> None:
    """Somebody else may have it from now on."""
    connection.execute(delete(LEASE).filter_by(name=name, holder=holder))
