"""`holdfast` on the command line."""

import re
import shutil
from pathlib import Path

import pytest

from tests.terminal.program import ROOT, Program


def test_help_lists_the_commands_one_a_line(program: Program) -> None:
    said = program.runs("--help", COLUMNS="80")
    assert (said.code, said.err) == (0, "")
    lines = said.out.split("\n")
    for command in ("chat", "flows", "content"):
        told = [line for line in lines if line.strip("│ ").startswith(f"{command} ")]
        assert len(told) == 1
        assert len(told[0].strip("│ ").split(maxsplit=1)[1]) > 10


def test_the_entry_point_is_called_holdfast() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'holdfast = "bot.__main__:main"' in project


def test_the_content_of_the_repository_is_sound(program: Program) -> None:
    said = program.runs("content", "check")
    assert (said.code, said.err) == (0, "")
    assert " texts in " in said.out


def test_an_expired_helpline_fails_the_strict_check_only(program: Program) -> None:
    folder = program.folder / "content"
    shutil.copytree(ROOT / "content", folder)
    file = folder / "helplines.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"_on = 20(\d\d)", r"_on = 19\1", text), encoding="utf-8")
    said = program.runs("content", "check", CONTENT_FOLDER=str(folder))
    assert said.code == 0
    assert "helpline" in said.out
    assert re.search(r"\b19\d\d-", said.out)
    assert program.runs("content", "check", "--strict", CONTENT_FOLDER=str(folder)).code == 1


def test_a_missing_text_fails_the_check_with_the_file_and_the_cure(program: Program) -> None:
    folder = program.folder / "content"
    shutil.copytree(ROOT / "content", folder)
    file = folder / "en" / "walks" / "urge.md"
    file.write_text(file.read_text(encoding="utf-8").replace("## wait_surf", "## wait_serf"), encoding="utf-8")
    said = program.runs("content", "check", CONTENT_FOLDER=str(folder))
    assert said.code == 2
    assert "urge.md" in said.err
    assert "wait_surf" in said.err


def test_flows_draws_every_flow_into_the_folder(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "a b" / "flows"
    said = program.runs("flows", str(folder))
    assert (said.code, said.err) == (0, "")
    assert {file.name for file in folder.iterdir()} >= {"urge.md", "welcome.md", "safety.md", "checkins.md"}
    assert all("```mermaid" in file.read_text(encoding="utf-8") for file in folder.iterdir())
    assert len(said.out.split()) >= len(list(folder.iterdir()))


def test_a_folder_flows_cannot_be_drawn_into_is_named(program: Program, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = program.runs("flows", str(tmp_path / "file"))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert str(tmp_path / "file") in said.err


@pytest.mark.parametrize("arguments", [("nonsense",), ("chat", "--clock")])
def test_a_mistyped_command_is_no_traceback(program: Program, arguments: tuple[str, ...]) -> None:
    said = program.runs(*arguments)
    assert said.code == 2
    assert "Traceback" not in said.err


def test_without_a_command_it_is_the_chat_on_the_database_of_the_settings(program: Program) -> None:
    said = program.runs(stdin=b"/start\n:quit\n", DATABASE_URL=program.database)
    assert (said.code, said.err) == (0, "")
    assert "I'm Holdfast" in said.out
    assert program.file.exists()
