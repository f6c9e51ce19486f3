"""Orders from lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.field import faults
from firmware_sim.orders import MAX_ORDER_CHARS, AddCard, ListAll, Present, Remove, Stop, parse


def test_every_order() -> None:
    order = parse(
        '{"do":"present","card":"a","field":"f","for_ms":5,"id":"x","waits":2,"pull":{"at":3,"executed":true},'
        '"swap":{"at":4,"card":"b","relay":true},"faults":[{"at":0,"kind":"cut","n":4}]}'
    )
    assert isinstance(order, Present)
    assert (order.id, order.for_ms, order.waits) == ("x", 5, 2)
    assert order.pull is not None
    assert order.pull.executed
    assert order.swap is not None
    assert order.swap.relay
    assert isinstance(parse('{"do":"remove","field":"f"}'), Remove)
    assert isinstance(parse('{"do":"card","card":{"name":"n","uid":"04A1B2C3D4E580"}}'), AddCard)
    assert isinstance(parse('{"do":"list"}'), ListAll)
    assert isinstance(parse('{"do":"stop"}\n'), Stop)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "Invalid JSON"),
        ("[]", "Input should be an object"),
        ("{}", "do"),
        ('{"do":"fly"}', "present"),
        ('{"do":"present","card":"a"}', "present.field: Field required"),
        ('{"do":"present","card":"a","field":"f","for_ms":0}', "greater than or equal to 1"),
        ('{"do":"present","card":"a","field":"f","speed":1}', "speed"),
        ('{"do":"present","card":"a","field":"f","faults":[{"at":1,"kind":"magic"}]}', "endless_wait"),
        ("x" * (MAX_ORDER_CHARS + 1), "at most"),
    ],
)
def test_refusals_say_why_in_one_line(line: str, reason: str) -> None:
    answer = parse(line)
    assert isinstance(answer, str)
    assert reason in answer
    assert "\n" not in answer


@given(st.text(max_size=200))
def test_no_line_breaks_it(line: str) -> None:
    assert isinstance(parse(line), str)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("no_answer", faults.NoAnswer()),
        ("deaf", faults.NoAnswer(deaf=True)),
        ("cut", faults.CutAnswer(7)),
        ("flip", faults.FlipBit(7)),
        ("late", faults.LateAnswer(7)),
        ("long", faults.LongAnswer(7)),
        ("endless_wait", faults.EndlessWait()),
        ("noise", faults.Noise()),
    ],
)
def test_fault_kinds(kind: str, fault: faults.Fault) -> None:
    fault_order = {"at": 1, "n": 7, "kind": kind}
    order = parse(json.dumps({"do": "present", "card": "a", "field": "f", "faults": [fault_order]}))
    assert isinstance(order, Present)
    assert order.faults[0].fault() == fault
