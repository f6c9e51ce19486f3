"""The arithmetic of a meal."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.profiles.card_records import PurseEntry
from card_protocol.words.moment import DAY_MS, MINUTE_MS, local_day_and_minute, local_ms
from card_protocol.words.point import Point, PointKind
from card_protocol.words.service import Service
from edge.core.service import SAME_MEAL_MIN, TORN_MEAL_MIN, Bill, bill_at, is_same_meal, judge
from edge.ports.payments import OpenPayment
from tests.edge.words import moment

HERE, THERE = 1, 2
NOON_MS = moment().wall_ms
NOON_MIN = NOON_MS // MINUTE_MS
BILL = Bill(800, 2000, HERE, NOON_MS)


def debit(amount: int = 800, minutes_ago: int = 100, point: int = THERE) -> PurseEntry:
    return PurseEntry(-amount, point, 7, NOON_MIN - minutes_ago)


def test_a_price_is_taken_where_the_purse_holds_it() -> None:
    assert judge(BILL, 800, ()) is None
    assert judge(BILL, 799, ()) is Service.PURSE_EMPTY


def test_the_second_tap_for_the_same_meal_takes_nothing() -> None:
    assert judge(BILL, 5000, [debit(minutes_ago=SAME_MEAL_MIN, point=HERE)]) is Service.PAID_ALREADY
    assert judge(BILL, 5000, [debit(minutes_ago=SAME_MEAL_MIN + 1, point=HERE)]) is None
    assert judge(BILL, 5000, [debit(minutes_ago=0, point=THERE)]) is None, "at another counter it is another meal"


def test_the_limit_of_a_day_counts_every_station_and_ends_at_midnight() -> None:
    assert judge(BILL, 5000, [debit(1200)]) is None
    assert judge(BILL, 5000, [debit(1201)]) is Service.DAY_LIMIT
    assert judge(BILL._replace(day_limit_fen=None), 5000, [debit(99_000)]) is None
    yesterday = debit(1201, minutes_ago=DAY_MS // MINUTE_MS)
    assert judge(BILL, 5000, [yesterday]) is None


def test_what_was_put_in_is_not_spent() -> None:
    assert judge(BILL, 5000, [PurseEntry(50_000, 0, 1, NOON_MIN - 10)]) is None


entries = st.lists(
    st.builds(
        PurseEntry,
        st.integers(-3000, 3000).filter(bool),
        st.sampled_from([HERE, THERE]),
        st.integers(0, 99),
        st.integers(NOON_MIN - 3000, NOON_MIN),
    ),
    max_size=12,
)


@given(entries=entries, value=st.integers(0, 5000), price=st.integers(1, 2000), limit=st.integers(1, 4000))
def test_nobody_ever_pays_more_than_they_have_or_than_the_limit_of_the_day(
    entries: list[PurseEntry], value: int, price: int, limit: int
) -> None:
    bill = Bill(price, limit, HERE, NOON_MS)
    if judge(bill, value, entries) is not None:
        return
    midnight_min = local_ms(local_day_and_minute(NOON_MS)[0]) // MINUTE_MS
    today = -sum(e.amount for e in entries if e.amount < 0 and e.wall_minutes >= midnight_min)
    assert price <= value
    assert today + price <= limit


def test_a_torn_payment_is_for_the_same_meal_within_the_hour_at_the_same_counter() -> None:
    def torn(ago: int, point: int = HERE) -> OpenPayment:
        return OpenPayment(debit(minutes_ago=ago, point=point), 3, 9)

    assert is_same_meal(torn(TORN_MEAL_MIN), BILL)
    assert not is_same_meal(torn(TORN_MEAL_MIN + 1), BILL)
    assert not is_same_meal(torn(1, THERE), BILL)


def test_a_point_without_a_price_takes_nothing() -> None:
    point = Point(id="care", kind=PointKind.CARE, name_zh="点", name_en="P", area="a")
    assert bill_at(point, HERE, NOON_MS) is None
    priced = point.model_copy(update={"price_fen": 800, "day_limit_fen": 2000})
    assert bill_at(priced, HERE, NOON_MS) == BILL
