"""Real programmes as samples: for each key a fair with everybody in it, as a draft, a workbook or a grid problem.

Names, addresses and people are invented and marked as samples; the figures are those published of the programmes.
"""

from scheduler.scenarios.catalogue import (
    MONTHLY,
    SCENARIOS,
    Scenario,
    UnknownScenario,
    get_scenario,
    problem_of_scenario,
    scenario,
    workbook,
)
from scheduler.scenarios.room_bookings import RoomBooking, bookings_of

__all__ = [
    "MONTHLY",
    "SCENARIOS",
    "RoomBooking",
    "Scenario",
    "UnknownScenario",
    "bookings_of",
    "get_scenario",
    "problem_of_scenario",
    "scenario",
    "workbook",
]
