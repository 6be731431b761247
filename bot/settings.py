"""Environment and `.env` → typed settings. Every name here is in .env.example."""

from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import OperatorError

CONTENT = Path(__file__).parent.parent / "content"


class Settings(BaseSettings):
    """What an operator can set. A value in the environment goes before one in `.env`."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    database_url: str = "sqlite:///data/holdfast.db"
    content_folder: Path = CONTENT


def read() -> Settings:
    """Reads the settings.

    Raises:
        OperatorError: `.env` cannot be read, or a value is none.
    """
    try:
        return Settings()
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        raise OperatorError(f"{name}: {error.errors()[0]['msg']}; correct it in .env or the environment") from error
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f".env: cannot be read ({error}); save it as UTF-8 text that this user may read") from error
