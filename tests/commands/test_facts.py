"""Files of facts: how they are read, and what is said of a fact that does not hold. Kernels: test_running.py."""

import pytest

from helpers.commands.support.facts import check, facts_of, without_a_cell
from helpers.errors import CourseError

TWO_CELLS = """'''A docstring.'''

import math

# %% 99-one
assert math.pi > 3

# %% 99-two
# why
assert 1 < 2
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "notebook_99.py").write_text(TWO_CELLS)
    return tmp_path / "notebook_99.py"


def test_a_section_keeps_the_lines_of_its_file_and_what_stands_above_all_sections(file):
    facts = facts_of(file)
    assert list(facts) == ["99-one", "99-two"]
    assert facts["99-one"].splitlines() == TWO_CELLS.splitlines()[:6]
    lines = facts["99-two"].splitlines()
    assert lines[2] == "import math" and lines[9] == "assert 1 < 2"
    assert not any(lines[4:7])


def test_a_folders_facts_are_those_of_its_files(file):
    (file.parent / "notebook_98.py").write_text("# %% 98-one\nassert 1\n")
    (file.parent / "other.py").write_text("not python")
    assert list(facts_of(file.parent)) == ["98-one", "99-one", "99-two"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% 99-one\nassert (\n", "notebook_99.py:2: '(' was never closed"),
        ("# %% 99-one\n\n# %% 99-one\n", "notebook_99.py:3 is a second section for 99-one"),
        ("\n# %% 98-one\n", "notebook_99.py:2 names 98-one, whose facts belong in notebook_98"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(file, text, message):
    file.write_text(text)
    with pytest.raises(CourseError) as error:
        facts_of(file)
    assert str(error.value).startswith(message)


def test_a_section_whose_cell_is_gone_is_found(file):
    assert without_a_cell(facts_of(file), {"99-one", "99-two"}) == []
    (lost,) = without_a_cell(facts_of(file), {"99-one"})
    assert lost == "notebook_99.py:8 names the cell 99-two, which does not exist"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "assert len(losses) < n",
            ["1: assert len(losses) < n", "losses = [3, 4]", "len(losses) = 2", "n = 2"],
        ),
        ("for i in range(3):\n    assert i < 2", ["2: assert i < 2", "i = 2"]),
        ("assert n == 3, 'why'", ["1: assert n == 3, 'why'", "AssertionError: why", "n = 2"]),
        ("assert m", ["1: assert m", "NameError: name 'm' is not defined"]),
        ("k = losses[2]", ["1: k = losses[2]", "IndexError: list index out of range"]),
        (
            "assert [\n    n\n] == losses",
            ["1: assert [", "n", "] == losses", "n = 2", "losses = [3, 4]"],
        ),
        (
            "assert max(losses) == n and m",
            ["1: assert max(losses) == n and m", "losses = [3, 4]", "max(losses) = 4", "n = 2"],
        ),
        (
            "assert text == ''",
            ["1: assert text == ''", "text = '" + 57 * "a" + "..." + 58 * "a" + "'"],
        ),
    ],
)
def test_a_failure_shows_the_assert_and_its_values(code, expected):
    names = {"losses": [3, 4], "n": 2, "text": "a" * 1000}
    _, (failure,) = check(code, "facts.py", names)
    assert [line.strip() for line in failure.removeprefix("facts.py:").splitlines()] == expected


def test_every_fact_is_tried_also_after_one_that_failed_and_names_stay_as_they_were():
    names = {"n": 2}
    count, failures = check("n = 3\nassert n == 2\nassert n == 3\nassert n > 9", "facts.py", names)
    assert count == 3
    assert [failure.split(":")[1] for failure in failures] == ["2", "4"]
    assert names == {"n": 2}
