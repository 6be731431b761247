"""The diagrams in docs/flows are those of the flows there are."""

from pathlib import Path

import pytest

from bot.authoring import diagrams
from bot.diagram import mermaid
from bot.flow import END, Flow
from handlers import ROUTES

PAGES = Path(__file__).parents[2] / "docs" / "flows"


def test_every_flow_has_its_page_and_no_page_is_left_over() -> None:
    """If this fails: `holdfast flows`, and delete the page of a flow that is gone."""
    assert {page.name for page in PAGES.iterdir()} == set(diagrams())


@pytest.mark.parametrize("name", sorted(diagrams()))
def test_a_page_is_current(name: str) -> None:
    """If this fails: `holdfast flows`."""
    assert (PAGES / name).read_text(encoding="utf-8") == diagrams()[name]


@pytest.mark.parametrize("flow", ROUTES.flows, ids=lambda flow: flow.name)
def test_every_step_and_every_way_stands_in_the_diagram(flow: Flow) -> None:
    page = mermaid(flow)
    for name, step in flow.steps.items():
        assert f'"{name}' in page
        for target in step.targets:
            assert f" {'finish' if target == END else target}\n" in page
