"""A screen that can show notices while nobody taps."""

from typing import Protocol

from card_protocol.words.sentences import Said


class NoticeScreen(Protocol):
    """Returns at once."""

    def announce(self, notices: tuple[Said, ...]) -> None:
        """Show these from now on, and no others; none when empty."""
        ...
