"""The label on the wall beside a point: what somebody on the telephone can read out."""

import unicodedata
from html import escape
from typing import Final

WIDTH: Final = 40
MM_WIDTH: Final = 80
MM_HEIGHT: Final = 36


def text_label(point_id: str, box: str, lines: list[str]) -> str:
    """A frame of characters, for a terminal or a label printer."""
    rows = [point_id, box, *lines]
    edge = "+" + "-" * (WIDTH + 2) + "+"
    return "\n".join([edge, *(f"| {row}{' ' * max(0, WIDTH - _columns(row))} |" for row in rows), edge])


def svg_label(point_id: str, box: str, lines: list[str]) -> str:
    """The same as a drawing of 80 × 36 mm."""
    rows = [(point_id, 7.0, "bold"), (box, 4.0, "normal"), *((line, 3.5, "normal") for line in lines)]
    y, drawn = 3.0, []
    for row, height, weight in rows:
        y += height * 1.3
        size = min(height, 72 / max(1, _columns(row)) * 1.9)
        drawn.append(
            f'<text x="4" y="{y:.1f}" font-size="{size:.1f}" font-weight="{weight}" '
            f'font-family="sans-serif">{escape(row)}</text>'
        )
    frame = f'<rect x="1" y="1" width="{MM_WIDTH - 2}" height="{MM_HEIGHT - 2}" fill="none" stroke="black"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{MM_WIDTH}mm" height="{MM_HEIGHT}mm" '
        f'viewBox="0 0 {MM_WIDTH} {MM_HEIGHT}">{frame}{"".join(drawn)}</svg>\n'
    )


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
