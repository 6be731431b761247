"""Markdown as plain text, for a pipe, a screen reader and tests."""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def plain(markdown: str) -> str:
    """The words of a Markdown text, with its paragraphs and lists but without its marks."""
    lines: list[str] = []
    bullets: list[str] = []
    marker = ""
    for token in _parser().parse(markdown):
        match token.type:
            case "bullet_list_open":
                bullets.append("- ")
            case "ordered_list_open":
                bullets.append("# ")
            case "bullet_list_close" | "ordered_list_close":
                bullets.pop()
                if not bullets:
                    lines.append("")
            case "list_item_open":
                marker = f"{token.info}. " if token.info else "- "
            case "inline":
                lines += [*f"{marker}{_inline(token)}".split("\n"), *([] if bullets else [""])]
                marker = ""
            case _:
                pass
    return "\n".join(lines).strip("\n")


def _inline(token: Token) -> str:
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "link_close":
            continue
        else:
            parts.append(child.content)
    return "".join(parts)
