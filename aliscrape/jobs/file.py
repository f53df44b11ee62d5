"""Read jobs.toml: which listings are crawled for which countries, and when.

Every error names the place in the file and what it may be.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from croniter import croniter
from scrapy.settings import BaseSettings, Settings
from scrapy.spiderloader import SpiderLoader

from aliscrape.arguments import NAMES
from aliscrape.jobs.crawl_job import COUNTRY, CrawlJob
from aliscrape.jobs.errors import JobsFileError
from aliscrape.site import Site

_TOP: Final = ("jobs_per_site", "countries", "categories")
_CATEGORY: Final = ("spider", "schedule", "countries", *NAMES)
_LONGEST_SCHEDULE: Final = 60
"""In characters: it is a part of the schedule's id in the queue."""


def read_jobs(path: Path, settings: BaseSettings) -> list[CrawlJob]:
    """Return the jobs of a file: every category for each of its countries.

    Raises JobsFileError.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise JobsFileError(f"Could not read {path}: {error.strerror}.") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise JobsFileError(f"{path} is not valid TOML: {error}.") from error
    try:
        return _jobs(document, settings)
    except ValueError as error:
        raise JobsFileError(f"{path}: {error}") from error


def _jobs(document: Mapping[str, Any], settings: BaseSettings) -> list[CrawlJob]:
    _require_known(document, _TOP, "the file")
    locks = _locks(document.get("jobs_per_site", 1), settings["SITE_URL"])
    countries = _countries(_tables(document, "countries"))
    categories = _tables(document, "categories")
    if not categories:
        raise ValueError("it has no [[categories]]. See docs/workers.md for an example.")
    spiders = SpiderLoader.from_settings(settings)
    jobs: list[CrawlJob] = []
    listings: list[tuple[str, str]] = []
    for number, category in enumerate(categories, 1):
        place = f"category {number}"
        _require_known(category, _CATEGORY, place)
        spider = _text(category, "spider", place, "category")
        arguments = _arguments(category, place)
        listing = (spider, arguments.get("url", ""))
        if listing not in listings:
            listings.append(listing)
        for country in _chosen(category, countries, place):
            job = CrawlJob(
                spider=spider,
                arguments=arguments,
                settings={"SITE_URL": settings["SITE_URL"], **country},
                lock=locks[listings.index(listing) % len(locks)],
                schedule=_schedule(category, place),
            )
            _check(job, spiders, settings, place)
            if any(job.key == other.key and job.schedule == other.schedule for other in jobs):
                raise ValueError(f"{place} is there twice: {job.title}.")
            jobs.append(job)
    return jobs


def _tables(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError(f"{name} must be tables, each headed [[{name}]].")
    return tables


def _require_known(table: Mapping[str, Any], known: Collection[str], place: str) -> None:
    for name in table:
        if name not in known:
            raise ValueError(f"{place} has {name!r}; it may have {', '.join(known)}.")


def _text(table: Mapping[str, Any], name: str, place: str, default: str) -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} of {place} is {value!r}; it must be a text in quotes.")
    return value.strip()


def _locks(number: object, site_url: str) -> list[str]:
    """Return the locks of a site: as many as jobs that may run there at the same time."""
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(f"jobs_per_site is {number!r}; it must be a whole number from 1 up.")
    site = urlsplit(Site.at(site_url).base).netloc
    return [site, *(f"{site} {n}" for n in range(2, number + 1))]


def _countries(tables: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the settings of each country by its region; "" is the country of the environment."""
    countries: dict[str, dict[str, str]] = {}
    for number, table in enumerate(tables, 1):
        place = f"country {number}"
        _require_known(table, COUNTRY, place)
        if "region" not in table:
            raise ValueError(f'{place} has no region, such as "DE".')
        values = {setting: _text(table, name, place, "") for name, setting in COUNTRY.items()
                  if name in table}  # fmt: skip
        region = values[COUNTRY["region"]]
        if region in countries:
            raise ValueError(f"{place} is there twice: {region}.")
        countries[region] = values
    return countries or {"": {}}


def _chosen(
    category: Mapping[str, Any], countries: Mapping[str, dict[str, str]], place: str
) -> list[dict[str, str]]:
    regions = category.get("countries", list(countries))
    if not isinstance(regions, list) or not regions:
        raise ValueError(f'countries of {place} must be a list of regions, such as ["US", "DE"].')
    for region in regions:
        if region not in countries:
            raise ValueError(f"{place} names {region!r}, which is no region of a [[countries]].")
    return [countries[region] for region in regions]


def _arguments(category: Mapping[str, Any], place: str) -> dict[str, str]:
    """Return the arguments of the spider as the command line would give them."""
    arguments = {name: category[name] for name in NAMES if name in category}
    for name, value in arguments.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError(f"{name} of {place} is {value!r}; it must be a text or a number.")
    return {name: str(value) for name, value in arguments.items()}


def _schedule(category: Mapping[str, Any], place: str) -> str | None:
    if "schedule" not in category:
        return None
    schedule = " ".join(_text(category, "schedule", place, "").split())
    if len(schedule) > _LONGEST_SCHEDULE or not croniter.is_valid(schedule):
        raise ValueError(
            f"schedule of {place} is {schedule!r}; it must be like cron's, in UTC: "
            '"17 6 * * *" is every day at 6:17.'
        )
    return schedule


def _check(job: CrawlJob, spiders: SpiderLoader, settings: BaseSettings, place: str) -> None:
    """Raise ValueError unless `scrapy crawl` would accept the job."""
    if job.spider not in spiders.list():
        names = ", ".join(spiders.list())
        raise ValueError(f"spider of {place} is {job.spider!r}; there are {names}.")
    of_job = Settings({**settings, **job.settings})
    spider_class: Any = spiders.load(job.spider)
    try:
        spider_class.check(of_job, dict(job.arguments))
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
