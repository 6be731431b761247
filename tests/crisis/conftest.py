import tomllib
from pathlib import Path

import pytest

from bot.crisis import Detector, Phrases

CONTENT = Path(__file__).parents[2] / "content" / "en"


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector.from_rules(tomllib.loads((CONTENT / "crisis.toml").read_text("utf-8")))


@pytest.fixture(scope="session")
def phrases() -> Phrases:
    return Phrases.from_rules(tomllib.loads((CONTENT / "phrases.toml").read_text("utf-8")))
