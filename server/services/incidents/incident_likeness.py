"""How alike two reports of an incident are: for the hint that it may have been reported before. Pure."""

ALIKE = 0.5
"""From here on two titles are shown as perhaps the same."""


def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, without spaces and punctuation; works for Chinese and English alike."""
    plain = "".join(character for character in text.lower() if character.isalnum())
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1)) or frozenset({plain} if plain else ())


def likeness(one: str, other: str) -> float:
    """0 for nothing in common, 1 for the same (Dice's coefficient of the pairs)."""
    mine, theirs = pairs(one), pairs(other)
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def is_likely_same(
    title: str, point: str | None, house: str, other_title: str, other_point: str | None, other_house: str
) -> bool:
    """At the same point, at the same house with something alike, or told in much the same words."""
    if point and point == other_point:
        return True
    alike = likeness(title, other_title)
    return alike >= ALIKE or bool(house and house == other_house and alike >= ALIKE / 2)
