"""Made-up people who asked for a check-in each morning, all for the same moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, insert
from whenever import Instant

from bot.storage.models import PersonRow
from bot.storage.tables import CHAT, DUE, PERSON

FIRST = 1_000_001
KIND = "morning"


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
        met = PersonRow(id="", met_at=due.subtract(hours=48), adult=True, zone=self.zone)
        person = met.model_dump() | {KIND: local.time().format("HH:mm")}
        item = {"platform": platform, "kind": KIND, "at": due, "on": local.date(), "urgent": False, "free_at": due}
        names = {id: UUID(int=id).hex for id in addresses}

        def write(connection: Connection) -> None:
            connection.execute(insert(PERSON), [person | {"id": name} for name in names.values()])
            chats = [
                {"platform": platform, "id": str(id), "person_id": name, "gone": False, "address": addresses[id]}
                for id, name in names.items()
            ]
            connection.execute(insert(CHAT), chats)
            connection.execute(insert(DUE), [item | {"chat": str(id)} for id in self.ids])

        return write


def dates(moments: Sequence[float], zone: str) -> list[str]:
    """The local dates of moments in seconds since 1970."""
    return [str(Instant.from_timestamp(moment).to_tz(zone).date()) for moment in moments]


def moment(text: str) -> float:
    """Seconds since 1970 of a moment in ISO 8601, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
