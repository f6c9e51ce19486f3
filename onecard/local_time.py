"""Times as people at the terminal write and read them: local time of the community (UTC+8)."""

from datetime import UTC, datetime

from card_protocol.words.moment import LOCAL_TIME, WALL_END_MS
from onecard.language import say


def written(wall_ms: int) -> str:
    """`2026-11-28 08:30:00`."""
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(LOCAL_TIME).strftime("%Y-%m-%d %H:%M:%S")


def read(text: str) -> int:
    """`2026-11-28 08:30`, with or without seconds or a T, or with a zone of its own, as wall time [ms]; ValueError."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            say(f"{text!r} is no time: write 2026-11-28 08:30", f"{text!r} 不是时间，请写成 2026-11-28 08:30")
        ) from None
    at = at.replace(tzinfo=LOCAL_TIME) if at.tzinfo is None else at
    wall_ms = int(at.timestamp() * 1000)
    if not 0 <= wall_ms < WALL_END_MS:
        raise ValueError(say(f"{text!r} is too far away", f"{text!r} 超出范围"))
    return wall_ms
