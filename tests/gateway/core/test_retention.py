"""What is kept on a disk that fills up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import retention
from gateway.core.retention import AGE_EVERY_NS, PLENTY_BYTES, DiskLevel, Keeper, Limits, Look, WhenFull
from tests.gateway.world import NOON_MS

LIMITS = Limits(keep_ms=1000)


def look(used: float, **changed: object) -> Look:
    found = Look(
        used=used,
        free_bytes=1 << 20,
        reserve=True,
        floor_seq=0,
        acked_seq=50_000,
        head_seq=60_000,
        mono_ns=1,
        wall_ms=NOON_MS,
        age_known=True,
    )
    return found._replace(**changed)


@pytest.mark.parametrize(
    ("used", "level"),
    [
        (0.0, DiskLevel.OK),
        (0.799, DiskLevel.OK),
        (0.80, DiskLevel.WARN),
        (0.90, DiskLevel.PRUNE),
        (0.95, DiskLevel.FULL),
        (1.0, DiskLevel.FULL),
    ],
)
def test_the_levels(used: float, level: DiskLevel) -> None:
    keeper = Keeper(LIMITS)
    effects = keeper.step(look(used))
    assert keeper.level is level
    told = [effect.level for effect in effects if isinstance(effect, retention.Tell)]
    assert told == ([] if level is DiskLevel.OK else [level])


def test_a_disk_with_plenty_to_spare_is_never_low() -> None:
    keeper = Keeper(LIMITS)
    keeper.step(look(0.99, free_bytes=PLENTY_BYTES))
    assert keeper.level is DiskLevel.OK
    keeper.step(look(0.99, free_bytes=PLENTY_BYTES - 1))
    assert keeper.level is DiskLevel.FULL


def test_a_level_is_told_once_and_left_a_little_below_where_it_was_entered() -> None:
    keeper = Keeper(LIMITS)
    levels = []
    for used in (0.81, 0.79, 0.785, 0.77, 0.81):
        keeper.step(look(used))
        levels.append(keeper.level)
    warn, ok = DiskLevel.WARN, DiskLevel.OK
    assert levels == [warn, warn, warn, ok, warn]


def test_in_peace_only_age_counts_and_only_now_and_then() -> None:
    keeper = Keeper(LIMITS)
    assert keeper.step(look(0.1)) == [retention.PruneOlder(NOON_MS - 1000, 50_000)]
    assert keeper.step(look(0.1, mono_ns=AGE_EVERY_NS)) == []
    assert keeper.step(look(0.1, mono_ns=AGE_EVERY_NS + 1)) != []


def test_without_a_clock_nothing_is_too_old() -> None:
    assert Keeper(LIMITS).step(look(0.1, age_known=False)) == []


def test_the_reserve_is_taken_in_peace_and_given_back_in_need() -> None:
    keeper = Keeper(LIMITS)
    assert retention.TakeReserve() in keeper.step(look(0.1, reserve=False))
    assert retention.TakeReserve() not in keeper.step(look(0.85, reserve=False))
    assert retention.ReleaseReserve() in keeper.step(look(0.96))


def test_acknowledged_events_go_first_a_chunk_at_a_time_the_oldest_first() -> None:
    keeper = Keeper(LIMITS)
    assert retention.PruneTo(2000) in keeper.step(look(0.91))
    assert keeper.step(look(0.91, floor_seq=2000)) == [retention.PruneTo(4000)]
    assert keeper.step(look(0.91, floor_seq=49_900)) == [retention.PruneTo(50_000)]


def test_what_nobody_else_holds_stays_until_the_disk_is_full() -> None:
    keeper = Keeper(LIMITS)
    keeper.step(look(0.91))
    assert keeper.step(look(0.94, floor_seq=50_000)) == []


def test_when_it_is_full_the_reserve_goes_before_any_event() -> None:
    keeper = Keeper(LIMITS)
    assert not any(isinstance(e, retention.DropTo) for e in keeper.step(look(0.96, floor_seq=50_000)))
    assert keeper.step(look(0.96, floor_seq=50_000, reserve=False)) == [retention.DropTo(51_000, 50_001)]


def test_the_mode_keep_drops_nothing() -> None:
    keeper = Keeper(LIMITS._replace(when_full=WhenFull.KEEP))
    keeper.step(look(0.99, floor_seq=50_000))
    assert keeper.step(look(0.99, floor_seq=50_000, reserve=False)) == []


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(0, 100),
    st.sampled_from(WhenFull),
)
def test_it_never_removes_what_it_must_not(
    seen: list[tuple[float, bool]], floor: int, acked: int, head: int, mode: WhenFull
) -> None:
    floor, acked, head = sorted((floor, acked, head))
    keeper = Keeper(LIMITS._replace(when_full=mode))
    for used, reserve in seen:
        found = look(used, reserve=reserve, floor_seq=floor, acked_seq=acked, head_seq=head)
        for effect in keeper.step(found):
            match effect:
                case retention.PruneTo():
                    assert floor < effect.upto <= acked
                    assert effect.upto < head
                    floor = effect.upto
                case retention.DropTo():
                    assert mode is WhenFull.DROP_OLDEST
                    assert keeper.level is DiskLevel.FULL
                    assert effect.from_seq == floor + 1
                    assert min(acked, head - 1) <= floor < effect.upto < head
                    floor = effect.upto
                case retention.PruneOlder():
                    assert effect.upto == acked
