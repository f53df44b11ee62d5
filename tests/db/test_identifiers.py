"""One product has one id, whichever mirror named it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.identifiers import US_MIRROR_OFFSET, global_id


@given(st.integers(1, US_MIRROR_OFFSET - 1))
def test_the_us_mirror_s_id_is_the_global_one_plus_the_offset(number: int) -> None:
    assert global_id(number) == global_id(str(number + US_MIRROR_OFFSET)) == str(number)


@pytest.mark.parametrize(
    "value",
    [None, "", "0", "-5", "12a", "1.5", 1.5, True, [], "²", "١٢٣", 2**52, 2**51, "9" * 30],
    ids=repr,
)
def test_what_is_no_id_is_none(value: object) -> None:
    assert global_id(value) is None


@given(st.one_of(st.text(), st.integers(), st.none(), st.floats(), st.binary()))
def test_whatever_comes_is_an_id_or_none(value: object) -> None:
    found = global_id(value)
    assert found is None or 0 < int(found) < US_MIRROR_OFFSET
