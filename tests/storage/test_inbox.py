"""What came in is handled once its answer has left, and is noted as handled."""

import asyncio

from bot.messages import Incoming, Receipt
from bot.records import Received
from bot.testing import MONDAY_NIGHT, Bench

SOURCE = "terminal:1"


async def test_many_words_of_danger_at_once_are_answered_and_all_noted(bench: Bench) -> None:
    people = [bench.person(f"p{number}") for number in range(30)]
    receipts = [Receipt(SOURCE, number) for number in range(30)]
    await bench.store.take_in([Received(receipt, "{}") for receipt in receipts], MONDAY_NIGHT)
    words = "I want to kill myself"
    await asyncio.gather(
        *(
            bench.receive(Incoming(person.chat, words, receipt=receipt))
            for person, receipt in zip(people, receipts, strict=True)
        )
    )
    assert [list(person.keys) for person in people] == [["safety/self_harm"]] * 30
    assert await bench.store.waiting(SOURCE) == []
