"""Environment and `.env` → typed settings. Every name here is in .env.example."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from whenever import TimeDelta

from bot import env_file
from bot.errors import OperatorError
from bot.signs import UNTYPED

ENV_FILE = Path(".env")
CONTENT = Path(__file__).parent.parent / "content"


class Settings(BaseSettings):
    """What an operator can set. A value in the environment goes before one in `.env`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str = "sqlite:///data/holdfast.db"
    encryption_keys: SecretStr | None = None
    encryption_key_file: Path = Field(default_factory=lambda: _of_this_user() / "holdfast.keys")
    content_folder: Path = CONTENT
    catch_up_hours: float = Field(default=3, ge=0, le=24)
    telegram_bot_token: SecretStr | None = None
    telegram_webhook_url: str = ""
    telegram_webhook_listen: str = "127.0.0.1:8443"
    telegram_webhook_secret: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    discord_bot_token: SecretStr | None = None
    discord_api_url: str = "https://discord.com/api/v10"
    metrics_listen: str = ""

    @field_validator("*", mode="before")
    @classmethod
    def _one_line(cls, value: object) -> object:
        """Without blanks around it: they come along where a value is copied or read from a file."""
        if not isinstance(value, str):
            return value
        value = value.strip()
        if "\n" in value or "\t" in value or UNTYPED.search(value):
            raise ValueError("there is a line break or a sign in it that no keyboard types; write it anew, on one line")
        return value

    @field_validator(
        "telegram_bot_token", "telegram_webhook_secret", "discord_bot_token", "encryption_keys", mode="after"
    )
    @classmethod
    def _empty_is_none(cls, secret: SecretStr | None) -> SecretStr | None:
        return secret if secret and secret.get_secret_value() else None

    @field_validator("encryption_key_file", mode="after")
    @classmethod
    def _at_home(cls, file: Path) -> Path:
        try:
            return file.expanduser()
        except RuntimeError:
            raise ValueError(f"there is no home that {file} could be in; write the whole path") from None

    @field_validator("telegram_bot_token", mode="after")
    @classmethod
    def _token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not re.fullmatch(r"\d+:[\w-]+", token.get_secret_value(), re.ASCII):
            raise ValueError("this is no bot token; copy the whole of it from @BotFather, like 110201543:AAHdqTcv…")
        return token

    @field_validator("discord_bot_token", mode="after")
    @classmethod
    def _discord_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not re.fullmatch(r"[!-~]+", token.get_secret_value()):
            raise ValueError("this is no bot token; copy the whole of it from the Bot page of the developer portal")
        return token

    @field_validator("discord_api_url", mode="after")
    @classmethod
    def _discord_url(cls, url: str) -> str:
        """The address with its version. A bare host is a proxy that keeps Discord's paths."""
        parts = urlsplit(url)
        if not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("this is no web address; write one like https://discord.com/api/v10")
        path = parts.path.rstrip("/") or "/api"
        version = "" if re.search(r"/v\d+$", path) else "/v10"
        return f"{parts.scheme}://{parts.netloc}{path}{version}"

    @field_validator("telegram_webhook_secret", mode="after")
    @classmethod
    def _secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not re.fullmatch(r"[\w-]{1,256}", secret.get_secret_value(), re.ASCII):
            raise ValueError("use 1 to 256 letters, digits, _ and -, or leave it out")
        return secret

    @field_validator("telegram_webhook_url", "telegram_api_url", mode="after")
    @classmethod
    def _url(cls, url: str, field: ValidationInfo) -> str:
        parts = urlsplit(url)
        if url and not (parts.scheme in ("http", "https") and parts.hostname):
            raise ValueError("this is no web address; write one like https://bot.example.org/telegram")
        return url.rstrip("/").removesuffix("/bot") if field.field_name == "telegram_api_url" else url

    @field_validator("telegram_webhook_listen", "metrics_listen", mode="after")
    @classmethod
    def _listen(cls, address: str, field: ValidationInfo) -> str:
        metrics = field.field_name == "metrics_listen"
        host, _, port = address.rpartition(":")
        if not (host and port.isdecimal() and int(port) < 65536) and not (metrics and not address):
            example = "127.0.0.1:9464, or leave it empty" if metrics else "127.0.0.1:8443"
            raise ValueError(f"write an address and a port, like {example}")
        return address

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms that have a token."""
        tokens = (("telegram", self.telegram_bot_token), ("discord", self.discord_bot_token))
        return tuple(name for name, token in tokens if token is not None)

    @property
    def catch_up(self) -> TimeDelta:
        """How long after its moment a check-in may still come."""
        return TimeDelta(hours=self.catch_up_hours)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be seen anywhere. Half of a token is one: in a URL its colon may be written otherwise."""
        settings = (self.telegram_bot_token, self.telegram_webhook_secret, self.discord_bot_token)
        whole = tuple(secret.get_secret_value() for secret in settings if secret)
        halves = tuple(secret.partition(":")[2] for secret in whole if ":" in secret)
        signatures = tuple(secret.rpartition(".")[2] for secret in whole if "." in secret)
        keys = self.encryption_keys.get_secret_value().replace(",", " ").split() if self.encryption_keys else ()
        return (*whole, *halves, *signatures, *keys, *passwords(self.database_url))


def _of_this_user() -> Path:
    """A folder that all processes of a user share, wherever they are started, apart from any database
    (specifications.freedesktop.org/basedir-spec)."""
    set_to = os.environ.get("XDG_CONFIG_HOME", "")
    try:
        return (Path(set_to) if Path(set_to).is_absolute() else Path.home() / ".config") / "holdfast"
    except RuntimeError:  # nobody's home
        return Path("keys")


def passwords(url: str) -> tuple[str, ...]:
    """The password in the URL of a database, as it stands there and as it is."""
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return ()
    return (password, unquote(password)) if password else ()


def read() -> Settings:
    """Reads the settings.

    Raises:
        OperatorError: `.env` cannot be read, or a value is none.
    """
    there = {name.lower() for name in os.environ}
    kept: dict[str, Any] = {
        name: value
        for name, value in env_file.read(ENV_FILE).items()
        if name in Settings.model_fields and name not in there
    }
    try:
        return Settings(**kept)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        wrong = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise OperatorError(f"{name}: {wrong} (in .env or the environment)") from None
