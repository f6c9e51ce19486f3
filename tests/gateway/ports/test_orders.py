"""What the points ask of the orders."""

from gateway.ports.orders import NO_ORDERS, Hold, Lockdown, Orders


def test_holds_and_lockdowns_are_asked_for_by_name() -> None:
    orders = Orders(
        holds=(Hold(point="gate", number=1),), lockdowns=(Lockdown(area="yard", level=3, number=2),), newest=2
    )
    assert (orders.is_held("gate"), orders.is_held("clinic")) == (True, False)
    assert (orders.lockdown_of("yard"), orders.lockdown_of("hall")) == (3, 0)
    assert orders.held == frozenset({"gate"})
    assert [(one.area, one.level) for one in orders.locked_down] == [("yard", 3)]


def test_without_orders_nothing_is_held() -> None:
    assert not NO_ORDERS.is_held("gate")
    assert NO_ORDERS.lockdown_of("yard") == 0
    assert Orders.from_bytes(NO_ORDERS.to_bytes()) == NO_ORDERS
