"""`.env` as people write it, as programs write it, and as somebody writes it who means harm."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from bot import env_file, settings
from bot.errors import OperatorError

SECRET = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # noqa: S105 - the one of Telegram's own example
NAMED = "TELEGRAM_BOT_TOKEN"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in settings.Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def reads(raw: bytes) -> settings.Settings:
    Path(".env").write_bytes(raw)
    return settings.read()


def complains(raw: bytes) -> str:
    with pytest.raises(OperatorError) as told:
        reads(raw)
    return one_line(str(told.value))


def one_line(told: str) -> str:
    assert "\n" not in told
    assert SECRET not in told
    assert SECRET.partition(":")[2] not in told
    return told


GOOD = {
    "plain": f"{NAMED}={SECRET}\n",
    "from Windows": f"\ufeffDATABASE_URL=sqlite:///x.db\r\n{NAMED}={SECRET}\r\n",
    "from an old Mac": f"#\r{NAMED}={SECRET}\r",
    "with a mark at its beginning": f"\ufeff{NAMED}={SECRET}",
    "in double quotes": f'{NAMED}="{SECRET}"\n',
    "in single quotes": f"{NAMED}='{SECRET}' # from BotFather\n",
    "blanks around": f"  {NAMED}  =  {SECRET}  \n",
    "blanks in quotes": f"{NAMED}=' {SECRET} '\n",
    "a line break behind it, in quotes": f'{NAMED}="{SECRET}\\n"\n',
    "exported": f"export {NAMED}={SECRET}\n",
    "small letters": f"{NAMED.lower()}={SECRET}\n",
    "the same twice": f"{NAMED}={SECRET}\n{NAMED}='{SECRET}'\n",
    "with what belongs to others": f"PATH=/nowhere\nFOO=$(rm -rf /)\n{NAMED}={SECRET}\n",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_it_is_read_as_it_was_meant(text: str) -> None:
    token = reads(text.encode()).telegram_bot_token
    assert token is not None
    assert token.get_secret_value() == SECRET


BAD = {
    "no UTF-8": (f"{NAMED}={SECRET}é\n".encode("latin-1"), "save it as UTF-8"),
    "UTF-16": (f"{NAMED}={SECRET}\n".encode("utf-16"), "save it as UTF-8"),
    "a NUL": (f"FOO=1\n\n{NAMED}={SECRET}\0\n".encode(), "line 3 holds a sign"),
    "an escape": (f"FOO=1\r\n{NAMED}=\x1b]52;c;{SECRET}\x07\r\n".encode(), "line 2 holds a sign"),
    "right to left": (f"{NAMED}=\u202e{SECRET}\n".encode(), "line 1 holds a sign"),
    "10 MB": (f"{NAMED}={SECRET}\n".encode() + b"#" * 10_000_000, "larger than a megabyte"),
    "a quote that is not closed": (f"FOO=1\n{NAMED}='{SECRET}\n".encode(), "line 2 is no setting"),
    "a secret and no name": (f"\n\n{SECRET} \n".encode(), "line 3 is no setting"),
    "no equals sign": (f"{NAMED} {SECRET}\n".encode(), "line 1 is no setting"),
    "two values": (f"{NAMED}={SECRET}\nFOO=2\n{NAMED}=\n".encode(), "at line 1 and at line 3; keep one"),
    "a line break in it": (f'{NAMED}="{SECRET}\\nDISCORD_BOT_TOKEN=x"\n'.encode(), f"{NAMED}: there is a line break"),
    "two lines in quotes": (f'{NAMED}="{SECRET}\nDISCORD_BOT_TOKEN=x"\n'.encode(), f"{NAMED}: there is a line break"),
    "a token with something behind it": (f"{NAMED}={SECRET}/../x\n".encode(), f"{NAMED}: this is no bot token"),
    "a command": (f"{NAMED}=$(echo {SECRET})\n".encode(), f"{NAMED}: this is no bot token"),
    "a variable": (f"T={SECRET}\n{NAMED}=${{T}}\n".encode(), f"{NAMED}: this is no bot token"),
    "a port that is none": (b"METRICS_LISTEN=127.0.0.1:99999\n", "METRICS_LISTEN: write an address"),
    "hours that are none": (b"CATCH_UP_HOURS=" + b"9" * 5000 + b"\n", "CATCH_UP_HOURS"),
    "hours that are no number": (b"CATCH_UP_HOURS=nan\n", "CATCH_UP_HOURS"),
    "half an address": (b"TELEGRAM_API_URL=http://[::1\n", "TELEGRAM_API_URL"),
}


@pytest.mark.parametrize(("raw", "words"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_told_in_one_line_without_a_secret(raw: bytes, words: str) -> None:
    assert words in complains(raw)


def test_nothing_in_it_is_run(tmp_path: Path) -> None:
    reads(f"DATABASE_URL=sqlite:///$(touch {tmp_path}/pwned).db\nFOO=`touch {tmp_path}/pwned`\n".encode())
    assert os.listdir(tmp_path) == [".env"]  # noqa: PTH208


def test_nothing_in_it_is_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELSEWHERE", "secret")
    assert reads(b"DATABASE_URL=sqlite:///${ELSEWHERE}.db").database_url == "sqlite:///${ELSEWHERE}.db"


def test_a_value_in_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("database_url", "sqlite:///other.db")
    assert reads(b"DATABASE_URL=sqlite:///x.db").database_url == "sqlite:///other.db"


def test_a_folder_in_its_place_is_told() -> None:
    Path(".env").mkdir()
    with pytest.raises(OperatorError, match=r"^\.env: is a folder; remove it"):
        settings.read()


def test_a_link_that_leads_nowhere_is_told() -> None:
    Path(".env").symlink_to("gone")
    with pytest.raises(OperatorError, match=r"^\.env: leads to a file that is not there"):
        settings.read()


def test_a_link_that_leads_to_itself_is_told() -> None:
    Path(".env").symlink_to(".env")
    with pytest.raises(OperatorError, match=r"^\.env: cannot be read"):
        settings.read()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to this user")
def test_a_file_that_is_closed_is_told() -> None:
    Path(".env").write_text("FOO=1")
    Path(".env").chmod(0)
    with pytest.raises(OperatorError, match="let this user read it"):
        settings.read()


def test_a_device_without_an_end_is_told() -> None:
    Path(".env").symlink_to("/dev/zero")
    with pytest.raises(OperatorError, match="larger than a megabyte"):
        settings.read()


def test_without_it_nothing_is_missing() -> None:
    assert settings.read().telegram_bot_token is None


in_one_folder = profile(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example writes the same file anew."""

ODD = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(
            [
                NAMED,
                "=",
                SECRET,
                '"',
                "'",
                "\n",
                "\r\n",
                "\\",
                "#",
                " ",
                "export ",
                "$(x)",
                "${HOME}",
                "\0",
                "\ufeff",
                "\x1b[",
                "FOO",
            ]
        ),
        max_size=12,
    ).map(lambda parts: "".join(parts).encode()),
)


@in_one_folder
@given(ODD)
def test_whatever_stands_there_it_is_settings_or_one_line(raw: bytes) -> None:
    try:
        read = reads(raw)
    except OperatorError as error:
        one_line(str(error))
    else:
        assert SECRET not in repr(read)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)


@in_one_folder
@given(st.dictionaries(NAMES, st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20)))
def test_what_is_written_in_single_quotes_is_read_as_it_is(values: dict[str, str]) -> None:
    escaped = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in values.items()}
    Path(".env").write_text("".join(f"{name}='{value}'\n" for name, value in escaped.items()), encoding="utf-8")
    assert env_file.read(Path(".env")) == values
