"""The emergency walk, as the person sees it."""

from bot.testing import Bench, Person


async def test_the_walk_goes_on_after_a_restart(person: Person, bench: Bench) -> None:
    await person.says("/urge")
    await bench.restart()
    await person.taps("I feel lonely")
    assert person.sees("reasons/")


async def test_ten_minutes_together_and_then_a_letter_that_is_burned(person: Person, bench: Bench) -> None:
    await person.says("/urge")
    await person.taps("I miss them")
    await person.taps("Wait with me")
    person.look_away()
    await bench.forward(minutes=10)
    assert person.keys == ["urge/wait_ground", "urge/wait_surf", "urge/write_offer"]
    await person.taps("Write it here instead")
    await person.says("I still have your blue jumper")
    await person.taps("Burn it")
    assert person.keys == ["urge/letter_burned", "urge/how_now"]
    await person.says("/letters")
    assert person.sees("letters/none")
