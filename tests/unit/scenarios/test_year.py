"""The year of the national agency: the figures published of 2020, and nobody in two places at once."""

import pytest

from scheduler.booking.rules import claimed
from scheduler.scenarios.year import year_of


@pytest.mark.long
def test_the_year_has_its_published_figures_and_no_double_booking() -> None:
    year = year_of()
    sessions = list(year.sessions())
    resources = {one.id: one for one in (*year.companies, *year.buyers, *year.interpreters, *year.rooms)}
    claims = [
        (resource_id, tick)
        for one in sessions
        for resource_id in one.resource_ids
        for tick in claimed(resources[resource_id], one.slot).ticks()
    ]

    assert (len(sessions), len(year.companies), len(year.buyers)) == (31_020, 7_708, 14_341)
    assert len({buyer.country for buyer in year.buyers}) == 84
    assert {one.company_id for one in sessions} == {one.id for one in year.companies}
    assert {one.buyer_id for one in sessions} == {one.id for one in year.buyers}
    assert len(set(claims)) == len(claims)
    assert [year.fair.days[0].isoformat(), year.fair.days[-1].isoformat()] == ["2020-02-03", "2020-11-27"]
