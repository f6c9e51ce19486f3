"""The door of wood and metal."""

from firmware_sim.osdp.door import BUTTON, CONTACT, STRIKE, Build, Door

STILL = Build(closes_after_ms=300, bounces=0)


def test_a_locked_door_does_not_open_and_a_released_one_does() -> None:
    door = Door(STILL)
    assert not door.push(0)
    door.output(STRIKE, True, 3000, 0)
    assert door.is_released(2999)
    assert not door.is_released(3000)
    assert door.push(2999)
    assert door.tick(2999) == [(CONTACT, True)]


def test_an_output_without_a_time_stays_until_it_is_switched() -> None:
    door = Door(STILL)
    door.output(STRIKE, True, 0, 0)
    assert door.is_released(10**9)
    door.output(STRIKE, False, 0, 10**9)
    assert not door.is_released(10**9)
    door.output(STRIKE + 1, True, 0, 0)
    assert not door.is_released(0)


def test_the_closer_closes_unless_something_is_in_the_way() -> None:
    door = Door(STILL)
    door.force(0)
    assert door.tick(1000) == [(CONTACT, True)]
    door.let_go(1000)
    assert door.tick(1299) == []
    assert door.tick(1300) == [(CONTACT, False)]
    door.force(2000)
    door.prop()
    door.let_go(2000)
    assert door.tick(9000) == [(CONTACT, True)]
    door.unprop(9000)
    assert door.tick(9300) == [(CONTACT, False)]


def test_a_contact_bounces_and_settles() -> None:
    door = Door(Build(bounces=2, bounce_ms=5))
    door.force(0)
    assert door.tick(20) == [(CONTACT, True), (CONTACT, False), (CONTACT, True), (CONTACT, False), (CONTACT, True)]
    assert door.tick(100) == []


def test_a_button_is_a_wire() -> None:
    door = Door(STILL)
    door.press(True, 5)
    assert door.tick(4) == []
    assert door.tick(5) == [(BUTTON, True)]
