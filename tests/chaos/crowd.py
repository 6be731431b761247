"""Made-up people who asked for a check-in each morning, all for the same moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, update
from whenever import Instant

from bot.storage import simulation
from bot.storage.models import PersonRow
from bot.storage.simulation import FIRST
from bot.storage.tables import CHAT, PERSON


@dataclass(frozen=True)
class Crowd:
    """So many people with chats numbered from `FIRST` on, who live by the clock of a zone."""

    count: int
    zone: str = "UTC"

    @property
    def ids(self) -> range:
        """The numbers of their chats."""
        return range(FIRST, FIRST + self.count)

    def moves_in(self, platform: str, at: float, addresses: Mapping[int, str]) -> Callable[[Connection], None]:
        """Writes everybody down who has an address, and for the crowd a check-in due at that moment (in seconds since
        1970)."""
        due = Instant.from_timestamp(at)
        local = due.to_tz(self.zone)
        met = PersonRow(id="", met_at=due.subtract(hours=48), adult=True, zone=self.zone).model_dump()
        others = {id: UUID(int=id).hex for id in addresses if id not in self.ids}
        made_up = simulation.Crowd(self.count, platform, due, local.date(), self.zone, local.time().format("HH:mm"))

        def write(connection: Connection) -> None:
            simulation.make_some(made_up, 0, self.count, due.subtract(hours=48), connection)
            connection.execute(insert(PERSON), [met | {"id": name} for name in others.values()])
            chats = [{"platform": platform, "id": str(id), "person_id": name} for id, name in others.items()]
            connection.execute(insert(CHAT), chats)
            where = update(CHAT).where(CHAT.c.id == bindparam("chat")).values(address=bindparam("place"))
            connection.execute(where, [{"chat": str(id), "place": address} for id, address in addresses.items()])

        return write


def dates(moments: Sequence[float], zone: str) -> list[str]:
    """The local dates of moments in seconds since 1970."""
    return [str(Instant.from_timestamp(moment).to_tz(zone).date()) for moment in moments]


def moment(text: str) -> float:
    """Seconds since 1970 of a moment in ISO 8601, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
