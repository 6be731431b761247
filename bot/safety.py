"""`holdfast safety check`: how sentences of a file are read. Nothing is kept, nothing leaves the machine."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bot import library, settings
from bot.crisis import Tier
from bot.errors import OperatorError

safety = typer.Typer(help="See how crisis words are heard.", no_args_is_help=True)

TYPED = "-"
"""The name of the file that is typed or piped in."""

File = Annotated[str, typer.Argument(metavar="FILE", help="A sentence a line; - for what is typed or piped in.")]
Language = Annotated[str, typer.Option("--language", help="The folder of content/ whose words are looked for.")]


@safety.callback()
def _commands() -> None:
    """Keeps `check` a command of its own while it is the only one."""


@safety.command()
def check(file: File, language: Language = library.DEFAULT_LANGUAGE) -> None:
    """Print the tier of each line, and how many there are of each."""
    detector = library.read(settings.read().content_folder).words(language).crisis
    many: Counter[Tier] = Counter()
    for line in filter(None, map(str.strip, _text(file).splitlines())):
        tier = detector.tier(line)
        many[tier] += 1
        typer.echo(f"{tier:<10} {line}")
    typer.echo(f"{many.total()} lines: {', '.join(f'{many[tier]} {tier}' for tier in Tier)}")


def _text(file: str) -> str:
    cure = f"name a text file with a sentence a line, or {TYPED} for what is typed"
    try:
        read = sys.stdin.buffer.read() if file == TYPED else Path(file).read_bytes()
        return read.decode("utf-8-sig")
    except OSError as error:
        raise OperatorError(f"{file}: cannot be read ({error.strerror}); {cure}") from error
    except UnicodeDecodeError as error:
        raise OperatorError(f"{file}: is not UTF-8; save it as UTF-8") from error
