"""What is taken in of a person who does too much at once: what is urgent, and what means danger."""

from whenever import Instant

from bot.engine import Flows
from bot.flood import Flood, Verdict
from bot.gate import FIGURE, MEANT, means_danger
from bot.library import Library, Words
from bot.messages import Incoming
from bot.routes import Routes
from bot.signs import cleaned


class Admission:
    """Asks the bucket of a chat first: only what is too much is looked at. Nothing is known of the person here, so each
    language counts."""

    def __init__(self, flood: Flood, library: Library, routes: Routes, flows: Flows) -> None:
        self._flood = flood
        self._languages = tuple(library.languages.values())
        self._routes = routes
        self._flows = flows

    def verdict(self, incoming: Incoming, now: Instant) -> Verdict:
        """What becomes of something that has come in by now."""
        if self._flood.lets(incoming.chat, min(incoming.at or now, now)):
            return Verdict.IN
        if self._tells_of_danger(incoming):
            return Verdict.DANGER
        if self._leads_to_help(incoming):
            return Verdict.URGENT
        return Verdict.OUT if incoming.edited else self._flood.leaves_out(incoming.chat, now)

    def is_urgent(self, incoming: Incoming) -> bool:
        """Whether something is urgent, or means danger."""
        return self._leads_to_help(incoming) or self._tells_of_danger(incoming)

    def _tells_of_danger(self, incoming: Incoming) -> bool:
        return any(means_danger(words, incoming.text) for words in self._languages)

    def _leads_to_help(self, incoming: Incoming) -> bool:
        """Whether it is the emergency button, the lines or the way to hide, by whatever name, or a part of an urgent
        flow."""
        asked = incoming.question or incoming.token
        if asked and not asked.startswith("/"):
            flow = self._flows.get(asked.split(":")[0])
            return flow is not None and flow.urgent
        text = cleaned(asked or incoming.text).strip()
        return any(self._means_one(words, text) for words in self._languages)

    def _means_one(self, words: Words, text: str) -> bool:
        text = words.docked.get(text, "") or text
        if not text.startswith("/"):
            return self._names_one((words.phrases.command(text) or text).casefold())
        name, place = ([*text[1:].casefold().split(), "", ""])[:2]
        return self._names_one(name.split("@")[0]) or (name == "start" and self._names_one(place))

    def _names_one(self, name: str) -> bool:
        command = self._routes.commands.get(name)
        return f"/{name}" in (FIGURE, MEANT) or (command is not None and command.offline and command.everywhere)
