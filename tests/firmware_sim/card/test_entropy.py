"""The dice."""

from firmware_sim.card.entropy import seeded, system


def test_a_seed_repeats() -> None:
    one, two = seeded("a"), seeded("a")
    assert one(5) + one(60) == two(65)
    assert seeded("a")(16) != seeded("b")(16)


def test_the_systems_dice() -> None:
    assert len(system()(16)) == 16
    assert system()(16) != system()(16)
