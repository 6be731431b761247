"""Meets words that mean danger before anything else, with nothing but the words."""

from collections import OrderedDict

from bot.crisis import Tier
from bot.messages import Chat
from bot.visit import Visit

FIGURE, MEANT = "/figure", "/meant"
"""What the two buttons below an unclear sentence send."""

HELD = 1_000
"""Chats of which something is held in memory; the one that was quiet longest is forgotten first."""


class Gate:
    """Neither a match nor the sentence is written anywhere.

    What was typed is held in memory until the person says what they meant. Who was believed once is not asked
    again while the process lives.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[Chat, str] = OrderedDict()
        self._believed: OrderedDict[Chat, str] = OrderedDict()

    def meets(self, visit: Visit, text: str) -> bool:
        """Answers a sentence that may mean self-harm. False if it does not."""
        tier = visit.words.crisis.tier(text)
        if tier is Tier.EXPLICIT:
            self.lines(visit)
        elif tier is Tier.AMBIGUOUS and visit.chat not in self._believed:
            _keep(self._held, visit.chat, text)
            visit.secret = True
            visit.say("safety/unclear")
        else:
            return False
        return True

    def lines(self, visit: Visit) -> None:
        """Shows the lines."""
        visit.begin("safety", at="self_harm")

    def believe(self, chat: Chat) -> str:
        """Takes a "no" at its word, and gives back what was typed."""
        _keep(self._believed, chat, "yes")
        return self._held.pop(chat, "")


def _keep(kept: OrderedDict[Chat, str], chat: Chat, value: str) -> None:
    kept[chat] = value
    kept.move_to_end(chat)
    if len(kept) > HELD:
        kept.popitem(last=False)
