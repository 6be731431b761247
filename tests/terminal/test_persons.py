"""Several people, and several processes, on one database."""

from concurrent.futures import ThreadPoolExecutor

from tests.terminal.program import MET, Program


def test_two_people_who_take_turns_see_nothing_of_each_other(program: Program) -> None:
    ada, zoe = program.starts("--person", "ada"), program.starts("--person", "zoë 🌙; DROP TABLE person")
    for line in (*MET, "/write"):
        assert ada.says(line) == zoe.says(line)
    ada.says("Dear Bea, I am ada")
    zoe.says("Dear Cleo, I am zoe")
    ada.says("Keep it here")
    zoe.says("Burn it")
    assert "I am ada" in ada.says("/letters")
    assert "No letters here" in zoe.says("/letters")
    assert "Dear" not in zoe.says("/reasons")
    assert ada.ends().code == zoe.ends().code == 0


def test_the_one_called_me_is_used_without_a_name(program: Program) -> None:
    program.hears(*MET)
    assert "What do you need?" in program.hears("/start", options=("--person", "me")).turns[0]


def test_processes_that_start_and_write_at_the_same_time_lose_nothing(program: Program) -> None:
    names = ("ada", "ben")
    letters = [line for number in range(8) for line in ("/write", f"letter {number}", "Keep it here", "/cancel")]

    def writes(name: str) -> str:
        said = program.hears(*MET, *letters, "/letters", options=("--person", name))
        assert (said.code, said.err) == (0, "")
        return said.turns[-1]

    with ThreadPoolExecutor() as pool:
        assert all("Letter 1 of 8" in shown and "| letter 7" in shown for shown in pool.map(writes, names))


def test_one_person_in_two_windows_is_one_person(program: Program) -> None:
    left, right = program.starts(), program.starts()
    left.says("/urge")
    assert "] Another reason" in right.says("I miss them")
    assert "Ten minutes" in left.says("/urge") + left.says("I'm angry") + left.says("Wait with me")
    assert "That was the wait" in right.says(":forward 10m")
    assert left.says(":forward 10m") == ""
