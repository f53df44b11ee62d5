"""What becomes of a job whose crawl has ended."""

import pytest

from aliscrape.jobs.exit_codes import AFTER, RETRIES, Next, retry_of
from aliscrape.outcome import Outcome

PAUSE = 300.0


def test_every_exit_code_of_a_crawl_is_decided() -> None:
    assert set(AFTER) == {outcome.exit_code for outcome in Outcome} | {1, 2}


@pytest.mark.parametrize(
    ("codes", "after"),
    [
        pytest.param({0, 4}, Next.DONE, id="done"),
        pytest.param({3, 5, 7}, Next.RETRY, id="retried"),
        pytest.param({1, 2, 6, 9}, Next.FAIL, id="failed at once"),
        pytest.param({8, 75}, Next.PUT_BACK, id="put back"),
    ],
)
def test_exit_codes_are_grouped(codes: set[int], after: Next) -> None:
    assert {code for code, found in AFTER.items() if found is after} == codes


@pytest.mark.parametrize("code", [3, 5, 7, -9, 77, None])
def test_a_failure_is_retried_three_times_with_growing_pauses(code: int | None) -> None:
    priority, pauses = 0, []
    while retry := retry_of(code, priority, PAUSE):
        priority = retry.priority
        pauses.append(retry.pause.total_seconds())
    assert pauses == [300, 1200, 4800]
    assert len(pauses) == RETRIES


@pytest.mark.parametrize("code", [1, 2, 6, 9])
def test_what_trying_again_cannot_change_fails_at_once(code: int) -> None:
    assert retry_of(code, 0, PAUSE) is None


@pytest.mark.parametrize(("code", "pause"), [(8, 0), (75, 300)])
def test_a_crawl_that_was_stopped_is_put_back_however_often(code: int, pause: float) -> None:
    for priority in (0, -RETRIES, RETRIES):
        retry = retry_of(code, priority, PAUSE)
        assert retry is not None
        assert (retry.pause.total_seconds(), retry.priority) == (pause, priority)


def test_a_failed_job_waits_behind_others_and_a_blocked_one_holds_its_site_back() -> None:
    failed, blocked = retry_of(3, 0, PAUSE), retry_of(5, -1, PAUSE)
    assert failed is not None
    assert blocked is not None
    assert (failed.priority, blocked.priority) == (-1, 2)
