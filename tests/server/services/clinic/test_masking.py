"""Names in a waiting room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.clinic.masking import masked


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王小英", "王*英"),
        ("王英", "王*"),
        ("欧阳小英", "欧**英"),
        ("英", "*"),
        ("", ""),
        ("John Smith", "J*** S****"),
        ("Li", "L*"),
    ],
)
def test_enough_to_know_ones_own(name, shown):
    assert masked(name) == shown


@given(st.text(alphabet="王李张小英建国", min_size=2, max_size=6))
def test_no_whole_name_is_shown(name):
    assert masked(name) != name
    assert len(masked(name)) == len(name)
    assert "*" in masked(name)
