"""What jobs.toml may say, and what is said of a wrong one."""

from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from aliscrape.jobs.errors import JobsFileError
from aliscrape.jobs.file import read_jobs
from tests.crawls import ROOT

EXAMPLE = """
jobs_per_site = 2

[[countries]]
region = "US"
currency = "USD"

[[countries]]
region = "DE"
currency = "EUR"
locale = "de_DE"

[[categories]]
spider = "casual_shoes"
limit = 100
schedule = "17  6 * * *"

[[categories]]
url = "https://www.aliexpress.com/w/wholesale-boots.html"
category = "Boots"
details = "no"
countries = ["DE"]

[[categories]]
spider = "tracked"
limit = 50
"""


BOOTS = "https://www.aliexpress.com/w/wholesale-boots.html"


@pytest.fixture
def settings() -> Settings:
    return get_project_settings()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.toml"


def test_every_category_is_a_job_for_each_of_its_countries(path: Path, settings: Settings) -> None:
    path.write_text(EXAMPLE)
    assert [(job.title, job.schedule, job.lock) for job in read_jobs(path, settings)] == [
        ("casual_shoes US USD limit=100", "17 6 * * *", "www.aliexpress.com"),
        ("casual_shoes DE EUR limit=100", "17 6 * * *", "www.aliexpress.com"),
        (
            f"category DE EUR category=Boots details=no url={BOOTS}",
            None,
            "www.aliexpress.com 2",
        ),
        ("tracked US USD limit=50", None, "www.aliexpress.com"),
        ("tracked DE EUR limit=50", None, "www.aliexpress.com"),
    ]


def test_a_job_has_the_settings_of_its_country_and_the_site(path: Path, settings: Settings) -> None:
    path.write_text(EXAMPLE)
    assert read_jobs(path, settings)[1].settings == {
        "SITE_URL": "https://www.aliexpress.com",
        "ALIEXPRESS_REGION": "DE",
        "ALIEXPRESS_CURRENCY": "EUR",
        "ALIEXPRESS_LOCALE": "de_DE",
    }


def test_without_countries_that_of_the_environment_counts(path: Path, settings: Settings) -> None:
    path.write_text('[[categories]]\nspider = "casual_shoes"\n')
    (job,) = read_jobs(path, settings)
    assert (job.title, job.lock) == ("casual_shoes", "www.aliexpress.com")
    assert job.settings == {"SITE_URL": "https://www.aliexpress.com"}


def test_the_example_of_the_documentation_can_be_read(path: Path, settings: Settings) -> None:
    page = (ROOT / "docs" / "workers.md").read_text(encoding="utf-8")
    path.write_text(page.partition("```toml\n")[2].partition("```")[0])
    assert read_jobs(path, settings)


SHOES = '[[categories]]\nspider = "casual_shoes"\n'
US = '[[countries]]\nregion = "US"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "it has no [[categories]]", id="empty"),
        pytest.param("categories = 3", "categories must be tables, each headed [[categories]]",
                     id="no tables"),
        pytest.param("jobs = [", "is not valid TOML", id="not TOML"),
        pytest.param('pages = 3\n', "the file has 'pages'; it may have jobs_per_site, countries",
                     id="unknown key"),
        pytest.param(SHOES + "pages = 3\n", "category 1 has 'pages'; it may have spider, schedule",
                     id="unknown key of a category"),
        pytest.param("jobs_per_site = 0\n" + SHOES, "jobs_per_site is 0; it must be a whole number",
                     id="no jobs per site"),
        pytest.param("jobs_per_site = true\n" + SHOES, "jobs_per_site is True", id="true is no 1"),
        pytest.param('[[categories]]\nspider = "shoes"\n',
                     "spider of category 1 is 'shoes'; there are casual_shoes, category, tracked",
                     id="unknown spider"),
        pytest.param('[[categories]]\n', "category 1: ", id="no listing"),
        pytest.param(SHOES + 'limit = "many"\n',
                     "category 1: limit is 'many'; it must be a whole number from 1 up",
                     id="argument of the spider"),
        pytest.param(SHOES + "limit = 2.5\n", "limit of category 1 is 2.5; it must be a text or a",
                     id="argument that is a fraction"),
        pytest.param('[[categories]]\nurl = "https://example.com/w/x.html"\n',
                     "category 1: url is 'https://example.com/w/x.html'; it must be",
                     id="another site"),
        pytest.param(SHOES + 'schedule = "daily"\n',
                     "schedule of category 1 is 'daily'; it must be like cron's, in UTC",
                     id="schedule"),
        pytest.param(SHOES + "schedule = 5\n", "schedule of category 1 is 5; it must be a text",
                     id="schedule that is a number"),
        pytest.param('[[countries]]\ncurrency = "EUR"\n' + SHOES,
                     'country 1 has no region, such as "DE"', id="no region"),
        pytest.param(US + US + SHOES, "country 2 is there twice: US", id="same country"),
        pytest.param('[[countries]]\nregion = "DE"\ncurrency = "XYZ"\n' + SHOES,
                     "category 1: ALIEXPRESS_CURRENCY: ", id="unknown currency"),
        pytest.param(US + SHOES + 'countries = ["DE"]\n',
                     "category 1 names 'DE', which is no region of a [[countries]]",
                     id="unknown country"),
        pytest.param(US + SHOES + 'countries = "US"\n', "countries of category 1 must be a list",
                     id="country that is no list"),
        pytest.param(SHOES + SHOES, "category 2 is there twice: casual_shoes", id="same category"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_the_place_and_what_it_may_be(
    text: str, words: str, path: Path, settings: Settings
) -> None:
    path.write_text(text)
    with pytest.raises(JobsFileError, match=r"^") as error:
        read_jobs(path, settings)
    assert words in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_that_is_missing_is_named(path: Path, settings: Settings) -> None:
    with pytest.raises(JobsFileError, match=r"Could not read .*jobs\.toml: No such file"):
        read_jobs(path, settings)
