"""Several journal files on their way at the same time."""

from card_protocol.wire.ack import Ack
from card_protocol.wire.state import PAST_MAX
from gateway.core import sync_words as sync
from gateway.core.journals import OLD_MAX, Done, Journals, Outcome, Seen
from gateway.ports.journal import Head
from tests.gateway.world import BOX, GATEWAY, MemoryJournal, ModelServer, bodies


def journal(epoch: int, events: int) -> MemoryJournal:
    made = MemoryJournal(epoch=f"{epoch:016x}")
    made.write(bodies(events))
    return made


def seen(chain: MemoryJournal) -> Seen:
    return Seen(chain.head(), chain.floor())


def journals(chain: MemoryJournal, acked: Head | None = None) -> Journals:
    return Journals(GATEWAY, BOX.sign, lambda: 0.0, seen(chain), acked)


def pulls(outcomes: list[Outcome]) -> dict[str, int]:
    return {o.epoch: e.from_seq for o in outcomes for e in o.effects if isinstance(e, sync.Pull)}


def acked(chain: MemoryJournal, upto: int | None = None) -> sync.Acked:
    server = ModelServer()
    server.held[chain.head().epoch] = chain.chain[:upto]
    ack = server.ack_word(chain.head().epoch)
    return sync.Acked(ack, chain.hash_of(ack.upto))


def test_the_link_is_for_all_of_them() -> None:
    now, old = journal(9, 3), journal(1, 5)
    all_ = journals(now)
    assert all_.old(seen(old), None).effects == []
    assert pulls(list(all_.link(sync.LinkUp()))) == {now.head().epoch: 1, old.head().epoch: 1}
    list(all_.link(sync.LinkDown()))
    assert all_.of(old.head().epoch, acked(old)).effects == [], "down is down"


def test_an_old_file_begins_behind_what_the_server_has() -> None:
    old = journal(1, 5)
    all_ = journals(journal(9, 3))
    list(all_.link(sync.LinkUp()))
    known = Head(old.head().epoch, 2, old.chain[1].hash)
    assert pulls([all_.old(seen(old), known)]) == {old.head().epoch: 3}
    assert all_.old(seen(old), known).effects == [], "once"


def test_an_old_file_is_finished_when_the_server_has_its_last_event() -> None:
    old = journal(1, 5)
    all_ = journals(journal(9, 3))
    list(all_.link(sync.LinkUp()))
    all_.old(seen(old), None)
    assert all_.of(old.head().epoch, acked(old, 4)).done is None
    assert all_.of(old.head().epoch, acked(old)).done == Done(5, 5)
    assert all_.past == {old.head().epoch: 5}
    assert (all_.knows(old.head().epoch), all_.is_finished(old.head().epoch)) == (False, True)
    assert all_.old(seen(old), None).effects == []


def test_a_server_that_has_more_of_an_old_file_needs_nothing_of_it() -> None:
    old, longer = journal(1, 5), journal(1, 8)
    all_ = journals(journal(9, 3))
    list(all_.link(sync.LinkUp()))
    all_.old(seen(old), None)
    more = acked(longer)._replace(own_hash=None)
    outcome = all_.of(old.head().epoch, more)
    assert (outcome.done, outcome.effects) == (None, []), "whether it has all of it is not said"
    same = more._replace(ack=more.ack.model_copy(update={"same_upto": 5}), same_hash=old.hash_of(5))
    outcome = all_.of(old.head().epoch, same)
    assert (outcome.done, outcome.effects) == (Done(5, 5), [])


def test_what_the_server_cannot_take_of_an_old_file_is_carried_over() -> None:
    old, longer = journal(1, 5), journal(1, 8)
    all_ = journals(journal(9, 3))
    list(all_.link(sync.LinkUp()))
    all_.old(seen(old), None)
    more = acked(longer)._replace(own_hash=None)
    forked = more._replace(ack=more.ack.model_copy(update={"same_upto": 3, "forked": True}))
    outcome = all_.of(old.head().epoch, forked)
    assert outcome.done == Done(3, 5)
    assert all_.past == {old.head().epoch: 3}, "the rest was told in the journal in use"


def test_a_file_of_which_only_what_was_told_elsewhere_is_legible_has_no_more_to_give() -> None:
    old = journal(1, 8)
    all_ = journals(journal(9, 3))
    list(all_.link(sync.LinkUp()))
    epoch = old.head().epoch
    all_.finished_before({epoch: 5})
    lacking = acked(old, 2).ack.model_copy(update={"need_from": 3})
    assert pulls([all_.reopen(lacking, seen(old))]) == {epoch: 3}
    legible = [entry for entry in old.chain if entry.seq in (3, 7, 8)]
    sent = all_.of(epoch, sync.Pulled(3, old.chain[1].hash, legible, old.chain[1].hash))
    assert (pulls([sent]), sent.done) == ({epoch: 4}, None)
    rest = all_.of(epoch, sync.Pulled(4, old.chain[5].hash, legible[1:], old.chain[2].hash))
    assert ([e for e in rest.effects if isinstance(e, sync.Missing)], rest.done) == ([sync.Missing(4, 5)], None)
    assert all_.of(epoch, acked(old, 3)).done == Done(3, 3)


def test_a_new_file_takes_over_in_mid_flight() -> None:
    now, new = journal(9, 3), journal(10, 2)
    all_ = journals(now)
    list(all_.link(sync.LinkUp()))
    assert pulls([all_.seen(seen(new))]) == {new.head().epoch: 1}
    assert all_.head == new.head()
    assert all_.current.acked.seq == 0
    assert all_.of(now.head().epoch, acked(now)) == Outcome(now.head().epoch, [])


def test_growth_is_noticed_once() -> None:
    now = journal(9, 3)
    all_ = journals(now, now.head())
    list(all_.link(sync.LinkUp()))
    assert all_.seen(seen(now)).effects == []
    now.write(bodies(60, 4))
    assert pulls([all_.seen(seen(now))]) == {now.head().epoch: 4}


def test_there_are_not_more_old_ones_than_its_bound() -> None:
    all_ = journals(journal(999, 1))
    for number in range(OLD_MAX + 3):
        all_.old(seen(journal(number, 1)), None)
    assert len(all_._old) == OLD_MAX


def wish(chain: MemoryJournal, upto: int, later_ms: int = 0) -> Ack:
    """A server that was put back to `upto` asks for what it lacks."""
    ack = acked(chain, upto).ack
    return ack.model_copy(update={"need_from": upto + 1, "server_ms": ack.server_ms + later_ms})


def done_with(chain: MemoryJournal, upto: int) -> Journals:
    all_ = journals(journal(9, 3))
    list(all_.link(sync.LinkUp()))
    all_.finished_before({chain.head().epoch: upto})
    return all_


def test_a_server_that_was_put_back_gets_an_old_file_again() -> None:
    old = journal(1, 5)
    all_ = done_with(old, 5)
    assert all_.is_wanted_again(wish(old, 2))
    assert pulls([all_.reopen(wish(old, 2), seen(old))]) == {old.head().epoch: 3}
    assert (all_.knows(old.head().epoch), all_.past) == (True, {}), "it is no longer said to be there"
    assert all_.of(old.head().epoch, acked(old)).done == Done(5, 5)
    assert all_.past == {old.head().epoch: 5}


def test_it_is_asked_once_and_by_no_old_ack() -> None:
    old = journal(1, 5)
    all_ = done_with(old, 5)
    assert not all_.is_wanted_again(acked(old, 2).ack), "it only says where it stands"
    assert not all_.is_wanted_again(wish(old, 5)), "it has all of it"
    assert all_.is_wanted_again(wish(old, 2, later_ms=9))
    assert not all_.is_wanted_again(wish(old, 2, later_ms=8)), "older than one that was heard"
    all_.reopen(wish(old, 2), seen(old))
    assert not all_.is_wanted_again(wish(old, 2, later_ms=9)), "it is on its way"


def test_what_was_told_in_another_journal_is_not_sent_again() -> None:
    old = journal(1, 5)
    all_ = done_with(old, 3)
    all_.reopen(wish(old, 1), seen(old))
    sent = all_.of(old.head().epoch, sync.Pulled(2, old.chain[0].hash, old.read(2, 100))).effects
    assert [effect.last_seq for effect in sent if isinstance(effect, sync.Send)] == [3]
    assert all_.of(old.head().epoch, acked(old, 3)).done == Done(3, 3)


def test_an_end_that_cannot_be_read_any_more_is_a_gap() -> None:
    old = journal(1, 4)
    all_ = done_with(old, 6)
    outcome = all_.reopen(wish(old, 2), seen(old))
    assert outcome.effects[0] == sync.Missing(5, 6)
    assert pulls([outcome]) == {old.head().epoch: 3}
    assert all_.of(old.head().epoch, acked(old)).done == Done(4, 4)


def test_a_file_that_is_gone_is_a_gap() -> None:
    old = journal(1, 5)
    for left in (None, seen(journal(1, 2))):
        all_ = done_with(old, 5)
        assert all_.reopen(wish(old, 2), left) == Outcome(old.head().epoch, [sync.Missing(3, 5)], Done(2, 2))
        assert not all_.is_wanted_again(wish(old, 2)), "and told once"


def test_the_newest_of_the_past_are_told_of() -> None:
    all_ = journals(journal(999, 1))
    all_.finished_before({f"{number:016x}": 1 for number in range(PAST_MAX + 3)})
    assert list(all_.past) == [f"{number:016x}" for number in range(3, PAST_MAX + 3)]
