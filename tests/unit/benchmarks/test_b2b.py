"""The published instances: the proof says what a look at every board says, however tables are counted."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from pysat.solvers import Solver

from benchmarks.b2b import table_of
from benchmarks.b2b_beside import prove_beside
from benchmarks.b2b_clauses import Clauses, Counting, owners_of
from benchmarks.b2b_instance import Instance, breaks_of, faults, least_alone, score
from benchmarks.b2b_runs import Runs
from benchmarks.b2b_sat import WAYS, Cores, Count, Proof, Way, prove

LONG = 600.0
EVERY_WAY = sorted(
    {*WAYS, *(Way(counting=one, solver="glucose4") for one in Counting)}, key=lambda way: way.name
)
each_way = pytest.mark.parametrize("way", EVERY_WAY, ids=lambda way: way.name)


def an_instance(seed: int) -> Instance:
    """Five participants on six slots, with so few tables and open slots that breaks cannot be avoided."""
    chance = random.Random(seed)
    pairs = tuple(chance.sample(sorted(combinations(range(5), 2)), 7))
    shut = [set(chance.sample(range(6), 2)) for _ in range(5)]
    options = tuple(
        tuple(slot for slot in range(6) if slot not in shut[one] | shut[other]) for one, other in pairs
    )
    return Instance(
        name=f"seed {seed}",
        participants=5,
        tables=2,
        slots=6,
        morning=3,
        pairs=pairs,
        options=options,
        before=tuple((0,) if number == 1 else () for number in range(len(pairs))),
    )


def every_board(instance: Instance, at: dict[int, int] | None = None) -> Iterator[dict[int, int]]:
    """All boards on which nobody is in two meetings at once."""
    at = at or {}
    meeting = len(at)
    if meeting == len(instance.pairs):
        yield at
        return
    taken = {slot for one, slot in at.items() if set(instance.pairs[one]) & set(instance.pairs[meeting])}
    for slot in instance.options[meeting]:
        if slot not in taken:
            yield from every_board(instance, {**at, meeting: slot})


def fewest(instance: Instance) -> int | None:
    """The least score of a board that keeps all rules; None where there is none."""
    scores = [score(instance, at) for at in every_board(instance) if not faults(instance, at)]
    return min(scores, default=None)


def joined(groups: Sequence[Instance]) -> Instance:
    """All of them at the same event, each with participants of its own."""
    pairs = [
        (5 * number + one, 5 * number + other)
        for number, group in enumerate(groups)
        for one, other in group.pairs
    ]
    first = [7 * number for number in range(len(groups))]
    return replace(
        groups[0],
        participants=5 * len(groups),
        pairs=tuple(pairs),
        options=tuple(mine for group in groups for mine in group.options),
        before=tuple(
            tuple(start + one for one in mine)
            for start, group in zip(first, groups, strict=True)
            for mine in group.before
        ),
    )


@each_way
def test_the_proof_finds_the_fewest_breaks_there_are(way: Way) -> None:
    instances = [an_instance(seed) for seed in range(40)]
    for instance, least in zip(instances, map(fewest, instances), strict=True):
        # With more breaks than participants nothing is claimed.
        if least is not None and least < instance.participants:
            proof = prove(instance, way)
            assert proof.at is not None
            assert faults(instance, proof.at) == []
            assert (score(instance, proof.at), proof.bound) == (least, least), instance.name


@each_way
def test_breaks_of_several_groups_add_up(way: Way) -> None:
    groups = [replace(an_instance(seed), tables=30) for seed in range(40)]
    least = {one.name: fewest(one) for one in groups}
    # Each takes a proof of its own: more breaks than anybody's options alone explain.
    hard = [one for one in groups if least_alone(one) < (least[one.name] or 0) < one.participants]
    whole = joined(hard[:6])
    proof = prove(whole, way)

    assert proof.at is not None
    assert faults(whole, proof.at) == []
    assert (score(whole, proof.at), proof.bound) == ((sum(least[one.name] or 0 for one in hard[:6]),) * 2)


@each_way
def test_where_the_rules_leave_no_board_none_is_claimed(way: Way) -> None:
    instance = replace(an_instance(0), tables=1, slots=6)

    assert not _can_be_filled(instance)
    assert prove(instance, way).at is None


def test_ways_beside_each_other_end_when_their_board_and_their_bound_meet() -> None:
    instances = [an_instance(seed) for seed in range(20)]
    feasible = [one for one in instances if (fewest(one) or 0) > 0]
    for instance in feasible[:3]:
        proof = prove_beside(instance, WAYS, seconds=LONG)

        assert proof.at is not None
        assert faults(instance, proof.at) == []
        assert (score(instance, proof.at), proof.breaks, proof.bound) == (fewest(instance),) * 3


def test_ways_beside_each_other_end_when_time_is_up_with_what_is_known() -> None:
    assert prove_beside(an_instance(0), WAYS, seconds=0.0) == Proof(bound=least_alone(an_instance(0)))


def test_the_better_board_and_the_higher_bound_are_kept_whoever_has_them() -> None:
    one = Proof(bound=2, at={0: 1}, breaks=5, found_after=1.0, by="one")
    other = Proof(bound=3, at={0: 2}, breaks=4, found_after=0.0, by="other")

    assert one.joined(other, after=7.0) == Proof(bound=3, at={0: 2}, breaks=4, found_after=7.0, by="other")
    assert other.joined(one, after=7.0) == other
    assert Proof(bound=4).joined(other, after=7.0).is_closed


def test_few_participants_own_all_meetings() -> None:
    pairs = ((0, 1), (0, 2), (0, 3), (4, 1), (4, 2), (3, 4))
    instance = Instance(
        name="two hubs",
        participants=5,
        tables=2,
        slots=6,
        morning=3,
        pairs=pairs,
        options=((0,),) * 6,
        before=((),) * 6,
    )

    assert owners_of(instance) == {0: 0, 1: 0, 2: 0, 3: 4, 4: 4, 5: 4}


def test_breaks_are_runs_of_idle_slots_between_meetings() -> None:
    instance = an_instance(0)
    own = instance.meetings_of(instance.pairs[0][0])
    at = dict(zip(own, (0, 3, 4, 5), strict=False))

    assert breaks_of(instance, at, instance.pairs[0][0]) == 1


def _can_be_filled(instance: Instance) -> bool:
    return any(not faults(instance, at) for at in every_board(instance))


@each_way
def test_each_count_of_broken_wishes_has_variables_of_its_own(way: Way) -> None:
    whole = replace(joined([an_instance(seed) for seed in range(3)]), tables=30)
    # Open all day, so that nobody needs a break and every count stays as it is.
    clauses = Clauses(replace(whole, options=(tuple(range(6)),) * len(whole.pairs)), way.counting)
    breaks = [Runs(clauses=clauses, participant=one).add() for one in range(15)]
    with Solver(name=way.solver, bootstrap_with=clauses.found) as solver:
        counts = [Count(mine) for mine in breaks if mine]
        cores = Cores(clauses, counts, solver, way=way, hear=lambda _: None)
        wishes = list(cores.wishes)
        for core in (wishes[:3], wishes[3:6]):
            cores._relax(core)

    counted = [set(one.literals) for one in cores.waiting if len(one.literals) == 3]
    assert len(counted) == 2
    assert counted[0].isdisjoint(counted[1])


@pytest.mark.parametrize(("published_breaks", "found", "verdict"), [("1", 1, "met."), ("0", 0, "not met.")])
def test_the_table_says_what_was_found_and_proved_and_whether_that_is_enough(
    tmp_path: Path, published_breaks: str, found: int, verdict: str
) -> None:
    tiny = {
        "n_participants": 3,
        "n_tables": 1,
        "n_slots": 3,
        "n_morning": 3,
        "meetings": [[1, 2, 1], [1, 3, 1]],
        "forbidden": [[2], [], []],
        "fixed": [0, 0],
        "prec": [[], []],
    }
    (tmp_path / "tiny.json").write_text(json.dumps(tiny))
    published = f"instance,solver,seconds,breaks\ntiny,MaxSAT,{LONG},{published_breaks}\n"
    (tmp_path / "published.csv").write_text(published)

    table = table_of(tmp_path, hear=lambda _: None, seconds=LONG)

    # The first participant cannot be there in the second slot of three.
    assert [row[:4] for row in table.rows] == [("tiny", "1", "1", published_breaks)]
    assert table.note.startswith(f"{found} of 1 published optima found, 1 proved, in ")
    assert f"than the published seconds: {verdict}" in table.note
