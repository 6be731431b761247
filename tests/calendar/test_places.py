"""What people type for where they are."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant, Time, ZonedDateTime

from bot.calendar import zones
from bot.names import Names, Typed
from bot.places import country_name, zone_city, zones_showing
from bot.testing import content

city_zone, country_code = content().names.zone, content().names.country

NOTHING = ["", " ", "…", "...", "-", "🙂", "🙂🙂", "\0", "\u200b", "(?)"]


def test_zones_are_no_links_folders_or_fixed_offsets() -> None:
    found = zones()
    assert len(found) > 300
    assert not found & {"America", "UTC", "GMT", "EST", "US/Eastern", "Asia/Calcutta", "Europe/Kiev", "Asia/Saigon"}
    assert not {zone for zone in found if zone.startswith(("Etc/", "posix/", "right/"))}
    assert {"Europe/Kyiv", "America/Nuuk", "Asia/Kolkata", "America/Argentina/Ushuaia"} <= found


def test_every_zone_has_a_clock() -> None:
    for zone in zones():
        assert ZonedDateTime(2026, 1, 1, tz=zone).tz_id == zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Munich", "Europe/Berlin"),
        ("münchen", "Europe/Berlin"),
        ("Muenchen", "Europe/Berlin"),
        ("NYC", "America/New_York"),
        ("new york", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("SÃO PAULO!", "America/Sao_Paulo"),
        ("Москва", "Europe/Moscow"),
        ("Calcutta", "Asia/Kolkata"),
        ("Kyiv", "Europe/Kyiv"),
        ("Kiev", "Europe/Kyiv"),
        ("東京", "Asia/Tokyo"),
        ("القاهرة", "Africa/Cairo"),
        ("London", "Europe/London"),
        ("Paris", "Europe/Paris"),
        ("St. Petersburg", "Europe/Moscow"),
        ("Washington, DC", "America/New_York"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Nuuk", "America/Nuuk"),
        ("Lord Howe", "Australia/Lord_Howe"),
        ("Sydney", "Australia/Sydney"),
        ("  Wien  ", "Europe/Vienna"),
    ],
)
def test_a_city_has_its_zone(text: str, zone: str) -> None:
    assert city_zone(text) == zone


@pytest.mark.parametrize("text", ["Atlantis by the lake", "asdfghjkl", "12345678", "x" * 8_000, "'; DROP TABLE zone"])
def test_nonsense_has_no_zone(text: str) -> None:
    assert city_zone(text) is None


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_has_no_zone(text: str) -> None:
    assert city_zone(text) is None


@pytest.mark.parametrize("text", ["no", "yes", "ok", "UTC", "GMT"])
def test_an_answer_to_another_question_is_no_city(text: str) -> None:
    """Or, of UTC and GMT, the zone of that clock."""
    assert city_zone(text) in (None, "Europe/London", "Africa/Abidjan", "Atlantic/Reykjavik")


@given(st.text(max_size=30))
def test_any_text_has_a_zone_of_the_list_or_none(text: str) -> None:
    assert city_zone(text) in {None, *zones()}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"),
        ("germany", "DE"),
        ("DE", "DE"),
        ("UK", "GB"),
        ("England", "GB"),
        ("USA", "US"),
        ("United States", "US"),
        ("Holland", "NL"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Côte d'Ivoire", "CI"),
        ("South Korea", "KR"),
        ("Ireland", "IE"),
        ("Northern Ireland", "GB"),
        ("  Austria.  ", "AT"),
        ("Czech Republic", "CZ"),
        ("UAE", "AE"),
        ("U.A.E.", "AE"),
        ("Korea", "KR"),
        ("Ivory Coast", "CI"),
        ("Hong Kong", "HK"),
        ("Macau", "MO"),
        ("Trinidad and Tobago", "TT"),
        ("Bosnia and Herzegovina", "BA"),
        ("Trinidad", "TT"),
        ("Myanmar", "MM"),
        ("Viet Nam", "VN"),
        ("People's Republic of China", "CN"),
        ("Republic of Ireland", "IE"),
        ("the Philippines", "PH"),
        ("the Ukraine", "UA"),
    ],
)
def test_a_country_has_its_code(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["U.S.A.", "the US", "the UK", "The Netherlands", "Czech Republic", "UAE"])
def test_a_country_as_people_write_it_has_its_code(text: str) -> None:
    assert country_code(text) is not None


@pytest.mark.parametrize("text", [*NOTHING, "nonsense", "world", "x" * 8_000, "001"])
def test_nonsense_is_no_country(text: str) -> None:
    assert country_code(text) is None


@pytest.mark.parametrize("text", ["no", "me", "is it", "so", "to", "my", "it", "in", "be", "do", "as"])
def test_a_small_word_is_no_country(text: str) -> None:
    """ "no" to "which country are you in?" must not lead to Norway's crisis lines."""
    assert country_code(text) is None


@pytest.mark.parametrize("text", ["Unknown Region", "ZZ", "XA", "Pseudo-Accents", "EU", "European Union", "UN", "EZ"])
def test_what_is_no_country_is_none(text: str) -> None:
    assert country_code(text) is None


BOTH = Names({"en": Typed(), "de": Typed(around_countries=("die",), countries={"US": ("Amerika",)})})


@pytest.mark.parametrize(
    ("text", "code"),
    [("Deutschland", "DE"), ("Germany", "DE"), ("Österreich", "AT"), ("die Schweiz", "CH"), ("amerika", "US")],
)
def test_a_country_is_read_in_every_language_there_is(text: str, code: str) -> None:
    assert BOTH.country(text) == code


@pytest.mark.parametrize(("text", "zone"), [("Kopenhagen", "Europe/Copenhagen"), ("Rom", "Europe/Rome")])
def test_the_city_of_a_zone_is_read_in_every_language_there_is(text: str, zone: str) -> None:
    assert BOTH.zone(text) == zone


@pytest.mark.parametrize(("code", "name"), [("DE", "Germany"), ("GB", "United Kingdom"), ("QQ", "QQ"), ("", "")])
def test_a_country_has_a_name(code: str, name: str) -> None:
    assert country_name(code) == name


@pytest.mark.parametrize(
    ("zone", "city"), [("Europe/Berlin", "Berlin"), ("America/Argentina/San_Juan", "San Juan"), ("UTC", "UTC")]
)
def test_a_zone_is_named_after_a_city(zone: str, city: str) -> None:
    assert zone_city(zone) == city


def test_the_city_has_a_name_in_each_language() -> None:
    assert (zone_city("Europe/Vienna"), zone_city("Europe/Vienna", "de")) == ("Vienna", "Wien")


def test_the_clock_of_a_person_says_where_they_may_be() -> None:
    now = Instant.from_utc(2026, 7, 1, 19, 40)
    found = zones_showing(Time(21, 40), now)
    assert "Europe/Berlin" in found
    assert "Europe/London" not in found


def test_a_zone_of_two_countries_is_offered_once() -> None:
    found = zones_showing(Time(21, 40), Instant.from_utc(2026, 7, 1, 19, 40))
    assert len(found) == len(set(found))


def test_of_the_zones_that_fit_those_of_the_country_come_first() -> None:
    now = Instant.from_utc(2026, 7, 1, 19, 40)
    assert zones_showing(Time(21, 40), now, "DE")[0] == "Europe/Berlin"
    assert zones_showing(Time(21, 40), now, "ZA")[0] == "Africa/Johannesburg"
    assert zones_showing(Time(1, 25), now, "NP")[0] == "Asia/Kathmandu"


def test_a_clock_some_minutes_off_is_understood_over_midnight_too() -> None:
    now = Instant.from_utc(2026, 7, 1, 21, 57)
    assert "Europe/Berlin" in zones_showing(Time(0, 1), now)
    assert "Europe/Berlin" not in zones_showing(Time(0, 10), now)


def test_a_city_is_found_fast_once_the_list_is_read() -> None:
    city_zone("Berlin")
    start = perf_counter()
    city_zone("x" * 8_000)
    assert perf_counter() - start < 0.1
