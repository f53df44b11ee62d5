"""Eight departments of the mock shop, of ten short pages each, for tests of many crawls."""

from typing import Final

from tests.mockshop.catalogue import Shoe, shoe
from tests.mockshop.pages import Visitor, listing

PAGES: Final = 10
PER_PAGE: Final = 12
_FIRST_NUMBER: Final = 10_000
"""No shoe of a department is in another listing of the shop."""


def _shoes(department: int) -> list[Shoe]:
    first = _FIRST_NUMBER + department * PAGES * PER_PAGE
    return [shoe(number) for number in range(first, first + PAGES * PER_PAGE)]


DEPARTMENTS: Final = {f"/w/wholesale-department-{n}.html": _shoes(n) for n in range(8)}
"""The shoes of each department, by the path of its listing."""


def department_page(path: str, number: int, visitor: Visitor, day: int) -> str:
    """Return a page of a department."""
    return listing(DEPARTMENTS[path], number, visitor, day, PER_PAGE)
