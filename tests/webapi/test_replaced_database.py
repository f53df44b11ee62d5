"""The database's path is missing or another file while the service runs."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from db.curation import create_product
from db.database import close_database, open_database, transaction
from db.errors import StorageError
from db.models import Product
from tests.conftest import API_KEY

KEY = {"X-API-Key": API_KEY}
PRODUCTS = "/api/v1/products"


def remove(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def replace(path: Path) -> None:
    copy = path.with_name("copy.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    remove(path)
    copy.rename(path)


def remove_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name(f"{path.parent.name}-elsewhere"))


pytestmark = pytest.mark.sqlite  # a file can be removed and replaced, a server's database cannot

CHANGES = [remove, replace, remove_folder]


def titles(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM product")]


@pytest.mark.parametrize("change", CHANGES)
def test_the_service_is_not_ready_and_answers_503(
    client: FlaskClient, database_url: str, change: Callable[[Path], None]
) -> None:
    assert client.post(PRODUCTS, json={"title": "Before"}, headers=KEY).status_code == 201
    path = Path(database_url.removeprefix("sqlite:///"))
    change(path)
    for address in ("/health/ready", PRODUCTS, f"{PRODUCTS}/1", "/", f"{PRODUCTS}?format=csv"):
        assert client.get(address).status_code == 503, address
    assert client.post(PRODUCTS, json={"title": "After"}, headers=KEY).status_code == 503
    assert client.patch(f"{PRODUCTS}/1", json={"title": "X"}, headers=KEY).status_code == 503
    assert client.get("/health/live").status_code == 200
    if change is replace:
        assert titles(path) == ["Before"]
    else:
        assert not path.exists()


def test_the_service_goes_on_when_the_file_is_back(client: FlaskClient, database_url: str) -> None:
    path = Path(database_url.removeprefix("sqlite:///"))
    assert client.get("/health/ready").status_code == 200
    path.rename(path.with_name("aside.db"))
    assert client.get("/health/ready").status_code == 503
    path.with_name("aside.db").rename(path)
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize("change", CHANGES)
def test_a_write_that_has_begun_is_not_acknowledged(
    database_url: str, change: Callable[[Path], None]
) -> None:
    open_database(database_url)
    create_product({"title": "Before"})
    with pytest.raises(StorageError, match="removed or replaced"):
        write_and(lambda: change(Path(database_url.removeprefix("sqlite:///"))))
    close_database()


def write_and(change: Callable[[], None]) -> None:
    with transaction("write"):
        Product.update(title="After").execute()
        change()
