"""What is taken in of a person who does too much at once: what is urgent, and what means danger."""

from whenever import Instant

from bot.ears import Ears
from bot.engine import Flows
from bot.flood import Flood, Verdict
from bot.gate import FIGURE, MEANT
from bot.messages import Incoming
from bot.routes import Routes
from bot.signs import cleaned


class Admission:
    """Asks the bucket of a chat first: only what is too much is looked at. Nothing is known of the person here, so each
    language counts."""

    def __init__(self, flood: Flood, ears: Ears, routes: Routes, flows: Flows) -> None:
        self._flood = flood
        self._ears = ears
        self._routes = routes
        self._flows = flows

    def verdict(self, incoming: Incoming, now: Instant) -> Verdict:
        """What becomes of something that has come in by now."""
        if self._flood.lets(incoming.chat, min(incoming.at or now, now)):
            return Verdict.IN
        if self._ears.means_danger(incoming.text):
            return Verdict.DANGER
        if self._leads_to_help(incoming):
            return Verdict.URGENT
        return Verdict.OUT if incoming.edited else self._flood.leaves_out(incoming.chat, now)

    def is_urgent(self, incoming: Incoming) -> bool:
        """Whether something is urgent, or means danger."""
        return self._leads_to_help(incoming) or self._ears.means_danger(incoming.text)

    def _leads_to_help(self, incoming: Incoming) -> bool:
        """Whether it is the emergency button, the lines or the way to hide, by whatever name, or a part of an urgent
        flow."""
        asked = incoming.question or incoming.token
        if asked and not asked.startswith("/"):
            flow = self._flows.get(asked.split(":")[0])
            return flow is not None and flow.urgent
        text = cleaned(asked or incoming.text).strip()
        text = self._ears.docked(text) or text
        if not text.startswith("/"):
            return any(map(self._names_one, (text.casefold(), *self._ears.commands(text))))
        name, place = ([*text[1:].casefold().split(), "", ""])[:2]
        return self._names_one(name.split("@")[0]) or (name == "start" and self._names_one(place))

    def _names_one(self, name: str) -> bool:
        command = self._routes.commands.get(name)
        return f"/{name}" in (FIGURE, MEANT) or (command is not None and command.offline and command.everywhere)
