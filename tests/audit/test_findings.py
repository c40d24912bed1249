"""What `make audit` calls explained, clean and not done."""

import pytest

from tests.audit import libraries
from tests.audit.__main__ import verdict
from tests.audit.findings import Explanation, Finding, Look, explanations, judge, unused

FOUND = Finding(tool="bandit", kind="B603", where="scheduler/a.py", what="run(command) (subprocess call)")
KNOWN = Explanation(
    tool="bandit", kind="B603", where="scheduler/a.py", what="run(command)", reason="ours alone"
)


def a_look(*findings: Finding, not_done: str = "") -> Look:
    return Look(tool="bandit", version="1", at="here", findings=findings, not_done=not_done)


@pytest.mark.parametrize(
    "changed", [{"tool": "wapiti"}, {"kind": "B602"}, {"where": "scheduler/b.py"}, {"what": "run(other)"}]
)
def test_an_explanation_holds_for_its_own_tool_kind_place_and_line_alone(changed):
    facts = {"tool": FOUND.tool, "kind": FOUND.kind, "where": FOUND.where, "what": FOUND.what, **changed}

    assert judge(a_look(Finding(**facts)), [KNOWN]).unexplained == (Finding(**facts),)
    assert judge(a_look(FOUND), [KNOWN]).explained == (FOUND,)


def test_an_explanation_holds_for_no_more_than_it_says():
    assert len(judge(a_look(FOUND, FOUND), [KNOWN]).unexplained) == 1


def test_an_explanation_of_what_is_not_found_any_more_is_named():
    assert unused([KNOWN], [a_look()]) == (KNOWN,)
    assert unused([KNOWN], [a_look(FOUND)]) == ()
    assert unused([KNOWN], [a_look(not_done="no network")]) == ()


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (a_look(), 0),
        (a_look(FOUND), 1),
        (a_look(not_done="no network"), 2),
        (a_look(FOUND, not_done="broken off"), 1),
    ],
)
def test_what_could_not_be_looked_at_is_not_clean(look, code):
    assert verdict([judge(look, [])], []) == code


def test_every_explanation_that_is_kept_names_one_place_and_its_reason():
    kept = explanations()

    assert len(kept) > 10
    assert len({(one.tool, one.kind, one.where, one.what) for one in kept}) == len(kept)


@pytest.mark.parametrize(
    "written",
    [
        'tool = "bandit"\nkind = "B603"\nwhere = "scheduler/*"\nreason = "a reason that is long enough"',
        'tool = "bandit"\nkind = "B603"\nwhere = ""\nreason = "a reason that is long enough"',
        'tool = "bandit"\nkind = "B603"\nwhere = "scheduler/a.py"\nreason = "fine"',
        'tool = "bandit"\nkind = "B603"\nwhere = "scheduler/a.py"\nreason = "a reason that is long"\nall = true',
    ],
)
def test_an_explanation_of_everything_or_without_a_reason_is_refused(tmp_path, written):
    path = tmp_path / "explained.toml"
    path.write_text(f"[[explained]]\n{written}\n")

    with pytest.raises(ValueError, match="explanation"):
        explanations(path)


def told_of(**bad: str):
    """PyPI, where every pinned library is the newest of its project."""
    newest = dict(pin for name in libraries.INSTALLED for pin in libraries._pinned(name))

    def project(name: str) -> libraries.Project:
        found = (bad[name],) if name in bad else ()
        return libraries.Project(newest=newest.get(name, "1"), vulnerabilities=found)

    return project


def test_what_is_wrong_with_a_newest_release_is_found():
    look = libraries.look_at_newest_releases(told_of(pycrypto="PYSEC-1", Flask="PYSEC-2"))
    flask = next(version for name, version in libraries._pinned("run.txt") if name == "Flask")

    assert [(one.kind, one.where) for one in look.findings] == [("PYSEC-2", f"Flask {flask}")]
    assert look.not_done == ""


def test_a_database_that_knows_nothing_bad_of_a_bad_project_is_not_believed():
    assert "not reached" in libraries.look_at_newest_releases(told_of()).not_done


def test_a_pinned_release_that_is_not_the_newest_is_named_and_not_called_clean():
    def project(name: str) -> libraries.Project:
        found = told_of(pycrypto="PYSEC-1")(name)
        return libraries.Project(newest="99", vulnerabilities=()) if name == "Flask" else found

    look = libraries.look_at_newest_releases(project)

    assert "Flask" in look.not_done
    assert verdict([judge(look, [])], []) == 2
