"""The commands for who writes: what is wrong with the words, and how the conversations run."""

import gc
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from bot import content_check, library, settings, untranslated
from bot.document import ContentError
from bot.engine import Flows
from bot.library import DEFAULT_LANGUAGE, Library
from bot.search import Found
from bot.signs import visible

STRICT = "Fail on expired helplines and on what other languages lack, too."

content = typer.Typer(help="Look after the words in content/.", no_args_is_help=True)


@content.command()
def check(strict: Annotated[bool, typer.Option("--strict", help=STRICT)] = False) -> None:
    """Find missing, unknown, too long or outdated texts."""
    found = read_content(settings.read().content_folder, thoroughly=True)
    overdue = content_check.expired(found, datetime.now(UTC).date())
    missing = untranslated.missing(found)
    for problem in overdue:
        typer.echo(visible(str(problem)))
    for language, kinds in missing.items():
        typer.echo(visible(f"{language}: {_counted(kinds)} missing: {', '.join(chain(*kinds.values()))}"))
    if (overdue or missing) and strict:
        raise typer.Exit(1)
    texts = sum(len(words.keys - words.missing) for words in found.languages.values())
    typer.echo(f"{texts} texts in {len(found.languages)} language(s), {len(overdue)} expired helplines")


@content.command()
def find(
    words: Annotated[list[str], typer.Argument(help="What somebody might type behind /read.")],
    language: Annotated[str, typer.Option("--language", help="In which language.")] = DEFAULT_LANGUAGE,
) -> None:
    """Show which articles some words find, the best first."""
    found = read_content(settings.read().content_folder)
    if language not in found.languages:
        raise typer.BadParameter(f"use one of {', '.join(sorted(found.languages))}", param_hint="--language")
    spoken = found.languages[language]
    search = spoken.find(" ".join(words))
    typer.echo(visible(_taken(search)))
    if not search.matches:
        typer.echo("Nothing fits these words.")
        raise typer.Exit(1)
    for rank, (id, led) in enumerate(search.matches.items(), 1):
        typer.echo(f"{rank:2}  {id}  {spoken.articles[id].title}  ({', '.join(led)})")


def _taken(search: Found) -> str:
    """How the words were taken, in a line."""
    added = (f"{typed} (as {' / '.join(texts)})" for typed, texts in search.added.items())
    taken = {
        "looked for": search.words,
        "added": ", ".join(added),
        "corrected": ", ".join(f"{typed} to {right}" for typed, right in search.corrected.items()),
        "left out": ", ".join(search.left_out),
        "in no article": ", ".join(search.unknown),
    }
    return "; ".join(f"{how}: {words}" for how, words in taken.items() if words)


def _counted(kinds: Mapping[str, Sequence[str]]) -> str:
    """How many there are of each kind: "3 texts, 1 article"."""
    return ", ".join(f"{len(names)} {kind}{'s' if len(names) > 1 else ''}" for kind, names in kinds.items())


def flows(folder: Annotated[Path, typer.Argument()] = Path("docs/flows")) -> None:
    """Draw every flow as a Mermaid diagram."""
    for name, page in diagrams().items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(page, encoding="utf-8")
        typer.echo(folder / name)


def diagrams() -> Mapping[str, str]:
    """The pages of docs/flows/ by file name."""
    import handlers
    from bot.diagram import mermaid

    return {f"{flow.name}.md": mermaid(flow) for flow in handlers.ROUTES.flows}


def read_content(folder: Path, *, thoroughly: bool = False) -> Library:
    """Reads content/, and checks it against all that the flows, the handlers and the platforms ask for; `thoroughly`
    also what only makes some article hard to find.

    Raises:
        ContentError: naming every file, line and cure.
    """
    import handlers
    from bot.adapters import discord, telegram, terminal

    found = _read(folder)
    texts = {**handlers.ROUTES.texts, **terminal.TEXTS, **telegram.TEXTS, **discord.TEXTS}
    problems = content_check.check(found, Flows(handlers.ROUTES.flows), texts, handlers.ROUTES.commands)
    problems += content_check.astray(found) if thoroughly else []
    if problems:
        raise ContentError(*problems)
    return found


def _read(folder: Path) -> Library:
    """What is read makes some hundred thousand objects that all stay. To look for garbage among them again and again
    would take longer than to read them, now and later."""
    gc.disable()
    try:
        return library.read(folder)
    finally:
        gc.freeze()
        gc.enable()
