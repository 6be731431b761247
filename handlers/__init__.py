"""What the bot can do, one file a subject, no platform in sight. Every file here lists its part as `ROUTES`.

To add a flow: write it in a file here with a command that begins it, and its words in `content/en/walks/<name>.md`,
one `## section` a step. `holdfast content check` says what is missing; docs/adding-a-flow.md shows it.
"""

from importlib import import_module
from pkgutil import iter_modules

from bot.routes import Routes

ROUTES = Routes.joined(
    [import_module(f"{__name__}.{module.name}").ROUTES for module in iter_modules(__path__) if module.name[0] != "_"]
)
"""Everything, gathered from the files of this folder."""
