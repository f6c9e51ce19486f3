"""Gateways: claims, enrolment, what they say of themselves."""

import pytest

from card_protocol.crypto.certificates import certificate_in
from card_protocol.profiles.key_bundle import COMPARTMENTS, unwrap_bundle
from card_protocol.profiles.layout import Holder
from card_protocol.wire.enrol import CLAIM_LIFE_MS, Admission, Enrolment, EnrolRequest
from card_protocol.words.point import PointKind
from server.services.access import access
from server.services.gateways import gateways
from server.services.keys.key_versions import KEY_LEASE_MS
from server.services.problems import Code, Problem
from server.services.signals import Wish
from server.services.work import SYSTEM
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Box, Community, admit, clinic


def claim(community: Community, name: str = "g-1") -> str:
    with community.transactions.work(ADMIN) as work:
        return gateways.claim(work, name, COMMUNITY)


def ask(community: Community, request: EnrolRequest) -> Admission | None:
    with community.transactions.work(SYSTEM) as work:
        return gateways.enrol(work, community.house.keystore, request)


def enrol(community: Community, box: Box, text: str) -> Enrolment:
    return admit(community.transactions, community.house.keystore, box, text).place


def refused(community: Community, request: EnrolRequest) -> Code:
    with pytest.raises(Problem) as told:
        ask(community, request)
    return told.value.code


def say(community: Community, box: Box, **fields: int | str | bool) -> gateways.GatewayView:
    with community.transactions.work(SYSTEM) as work:
        row = gateways.note_state(work, box.state(**fields))  # type: ignore[arg-type]
        return gateways.view_of(row)


def test_a_box_is_enrolled_and_its_keys_are_wrapped_to_it(community: Community) -> None:
    box = Box("g-1")
    community.transactions.signals.wait(0)
    found = enrol(community, box, claim(community))
    keystore = community.house.keystore
    assert (found.gateway, found.community) == ("g-1", COMMUNITY)
    assert found.server_key == keystore.server.verifier.public_bytes.hex()
    assert found.grant_key == keystore.grants.verifier.public_bytes.hex()
    bundle = unwrap_bundle(bytes.fromhex(found.wrapped_keys), "g-1", box.opener)
    assert bundle.lease_until_ms == NOW_MS + KEY_LEASE_MS
    assert community.transactions.signals.wait(0) == {Wish.PUBLISH, Wish.IDENTITY}
    with community.transactions.read() as session:
        assert gateways.enrolled(session) == ["g-1"]
        verifier = gateways.verifier_of(session, "g-1")
        assert verifier is not None
        assert verifier.public_bytes == box.signer.verifier.public_bytes


def test_the_same_box_may_ask_again_and_nobody_else(community: Community) -> None:
    text = claim(community)
    enrol(community, Box("g-1"), text)
    assert ask(community, Box("g-1").request(text)) is not None
    assert refused(community, Box("g-1", seed=2).request(text)) is Code.CLAIM_INVALID


def test_a_box_waits_until_an_operator_has_confirmed_what_it_shows(community: Community) -> None:
    text, box, thief = claim(community), Box("g-1"), Box("g-1", seed=2)
    assert ask(community, box.request(text)) is None
    assert ask(community, box.request(text)) is None
    with community.transactions.read() as session:
        assert gateways.get(session, "g-1").asks_mark == box.request(text).mark
        assert gateways.verifier_of(session, "g-1") is None
    assert refused(community, thief.request(text)) is Code.CLAIM_INVALID, "the first who asked is who is looked at"
    for mark in (thief.request(text).mark, "", "-"):
        with pytest.raises(Problem, match="not the mark"), community.transactions.work(ADMIN) as work:
            gateways.confirm(work, "g-1", mark)
    with community.transactions.work(ADMIN) as work:
        assert gateways.confirm(work, "g-1", box.request(text).mark.lower().replace("-", " ")).enrolled
    admitted = ask(community, box.request(text))
    assert admitted is not None
    assert certificate_in(admitted.identity.certificate).name == "g-1"
    with pytest.raises(Problem, match="No box waits"), community.transactions.work(ADMIN) as work:
        gateways.confirm(work, "g-1", box.request(text).mark)


def test_a_box_that_is_refused_has_lost_its_claim(community: Community) -> None:
    text, box = claim(community), Box("g-1")
    assert ask(community, box.request(text)) is None
    with community.transactions.work(ADMIN) as work:
        assert gateways.refuse(work, "g-1").asks_mark is None
    assert refused(community, box.request(text)) is Code.CLAIM_INVALID
    with pytest.raises(Problem, match="No box waits"), community.transactions.work(ADMIN) as work:
        gateways.refuse(work, "g-1")


def test_a_claim_lives_for_a_day(community: Community) -> None:
    text = claim(community)
    community.real[0] += CLAIM_LIFE_MS
    assert refused(community, Box("g-1").request(text)) is Code.CLAIM_INVALID


def test_an_invented_claim_is_refused(community: Community) -> None:
    claim(community)
    assert refused(community, Box("g-1").request("0" * 32)) is Code.CLAIM_INVALID


def test_a_new_claim_replaces_the_box_only_when_it_is_used(community: Community) -> None:
    old, new = community.box(), Box("g-1", seed=2)
    text = claim(community)
    with community.transactions.read() as session:
        verifier = gateways.verifier_of(session, "g-1")
        assert verifier is not None
        assert verifier.public_bytes == old.signer.verifier.public_bytes
    enrol(community, new, text)
    with community.transactions.read() as session:
        verifier = gateways.verifier_of(session, "g-1")
        assert verifier is not None
        assert verifier.public_bytes == new.signer.verifier.public_bytes


def test_a_box_key_that_is_none_is_refused_and_the_claim_stays(community: Community) -> None:
    text = claim(community)
    request = Box("g-1").request(text)
    assert refused(community, request.model_copy(update={"box_key": "00" * 32})) is Code.INVALID
    assert refused(community, request.model_copy(update={"tls_request": "00"})) is Code.INVALID
    enrol(community, Box("g-1"), text)


def test_a_revoked_gateway_is_believed_no_more_until_it_is_enrolled_anew(community: Community) -> None:
    community.box()
    with community.transactions.work(ADMIN) as work:
        assert gateways.revoke(work, "g-1", why="stolen").revoked
    with community.transactions.read() as session:
        assert gateways.verifier_of(session, "g-1") is None
        assert gateways.enrolled(session) == []
    community.box()
    with community.transactions.read() as session:
        assert gateways.enrolled(session) == ["g-1"]


def test_only_a_box_that_was_shut_out_is_taken_down_and_the_first_word_counts(community: Community) -> None:
    community.box()
    with pytest.raises(Problem) as caught, community.transactions.work(ADMIN) as work:
        gateways.take_down(work, "g-1")
    assert caught.value.code is Code.WRONG_STATE
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
        assert gateways.take_down(work, "g-1", why="the thief has it").gone_ms == NOW_MS
    community.now[0] += 1000
    with community.transactions.work(ADMIN) as work:
        assert gateways.take_down(work, "g-1").gone_ms == NOW_MS
    with community.transactions.work(ADMIN) as work:
        assert gateways.hang_again(work, "g-1", why="it was the other one").gone_ms is None
        with pytest.raises(Problem):
            gateways.hang_again(work, "g-1")
        gateways.take_down(work, "g-1")
    community.box()
    with community.transactions.read() as session:
        assert gateways.get(session, "g-1").gone_ms is None


def test_what_it_says_is_remembered(community: Community) -> None:
    box = community.box()
    view = say(community, box, head_seq=7, acked_seq=5, policy_version=3, rev_seq=2)
    assert (view.online, view.head_seq, view.acked_seq, view.policy_version, view.rev_seq) == (True, 7, 5, 3, 2)
    assert view.offline_since_ms is None


def test_an_older_word_of_the_same_boot_changes_nothing(community: Community) -> None:
    box = community.box()
    say(community, box, at_ms=NOW_MS + 10, rev_seq=2)
    assert say(community, box, at_ms=NOW_MS + 5, rev_seq=1).rev_seq == 2
    assert say(community, box, at_ms=NOW_MS + 5, rev_seq=1, boot="b2").rev_seq == 1, "its clock was reset"


def test_who_has_applied_what(community: Community) -> None:
    box, other = Box("g-1"), Box("g-2", 2)
    for one in (box, other):
        enrol(community, one, claim(community, one.name))
    say(community, box, rev_seq=2)
    with community.transactions.read() as session:
        assert gateways.applied(session) == {"g-1": 2, "g-2": 0}
        assert gateways.applied(session, ["g-1", "g-9"]) == {"g-1": 2}
        assert gateways.any_behind(session, 3)
        assert not gateways.any_behind(session, 2), "who is not there keeps nobody waiting"
    say(community, other, rev_seq=1)
    with community.transactions.read() as session:
        assert gateways.any_behind(session, 2)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-2")
    with community.transactions.read() as session:
        assert gateways.applied(session) == {"g-1": 2}
        assert not gateways.any_behind(session, 2)


def test_the_last_will_says_since_when_it_is_away(community: Community) -> None:
    box = community.box()
    say(community, box, rev_seq=2, at_ms=NOW_MS + 10)
    community.now[0] += 5000
    away_since = community.now[0]
    view = say(community, box, online=False, rev_seq=0)
    assert (view.online, view.offline_since_ms, view.rev_seq) == (False, away_since, 2)
    community.now[0] += 5000
    assert say(community, box, online=False).offline_since_ms == away_since
    assert say(community, box, at_ms=NOW_MS + 20).offline_since_ms is None


def test_the_last_will_of_an_earlier_run_takes_nobody_off_the_line(community: Community) -> None:
    """A broker that comes back late with it, or somebody who plays it again."""
    box = community.box()
    say(community, box, run=4, turn=9, at_ms=NOW_MS + 10)
    say(community, box, run=5, turn=1, at_ms=NOW_MS + 20)
    view = say(community, box, online=False, run=4, turn=9)
    assert (view.online, view.offline_since_ms) == (True, None)
    assert say(community, box, online=False, run=5, turn=0).online is False, "its own is believed"


@pytest.mark.parametrize("name", ["", "Bad", "a/b"])
def test_names_that_could_break_out_of_a_topic_are_refused(community: Community, name: str) -> None:
    with pytest.raises(Problem) as told:
        claim(community, name)
    assert told.value.code is Code.INVALID


def test_gateways_are_listed(community: Community) -> None:
    community.box("g-2")
    with community.transactions.read() as session:
        assert [(view.id, view.enrolled, view.place) for view in gateways.listing(session)] == [
            ("g-1", False, "South gate"),
            ("g-2", True, ""),
        ]
        assert gateways.verifier_of(session, "g-1") is None
        assert gateways.verifier_of(session, "g-9") is None
        with pytest.raises(Problem, match="no gateway"):
            gateways.get(session, "g-9")


def keys(community: Community, name: str = "g-1") -> Enrolment:
    with community.transactions.work(SYSTEM) as work:
        return gateways.keys(work, community.house.keystore, name)


def point(community: Community, kind: PointKind, **changes: object) -> None:
    changed = {"id": "new", "kind": kind, **changes}
    with community.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, clinic().model_copy(update=changed))


def test_a_box_is_given_the_keys_of_the_compartments_of_its_points_and_no_other(community: Community) -> None:
    """Each compartment is wrapped for itself, so that the process of a door opens the doors' alone."""
    box = community.box()
    enrolment = keys(community)
    assert list(enrolment.point_keys) == ["clinic_point"]
    wrapped = {Holder.GATEWAY: enrolment.wrapped_keys, Holder.CLINIC_POINT: enrolment.point_keys["clinic_point"]}
    for holder, hidden in wrapped.items():
        bundle = unwrap_bundle(bytes.fromhex(hidden), "g-1", box.opener)
        assert set(bundle.leaves) == set(COMPARTMENTS[holder])


def test_another_box_of_gates_alone_is_given_the_doors_keys_alone(community: Community) -> None:
    community.box("g-2")
    point(community, PointKind.GATE, gateway_id="g-2")
    assert keys(community, "g-2").point_keys == {}


def test_a_new_point_brings_new_keys_and_time_a_new_lease(community: Community) -> None:
    box = community.box()
    point(community, PointKind.ACTIVITY)
    community.now[0] += KEY_LEASE_MS // 2
    fresh = keys(community)
    assert list(fresh.point_keys) == ["activity_point", "clinic_point"]
    bundle = unwrap_bundle(bytes.fromhex(fresh.wrapped_keys), "g-1", box.opener)
    assert bundle.lease_until_ms == community.now[0] + KEY_LEASE_MS


def test_a_revoked_box_gets_no_keys(community: Community) -> None:
    community.box()
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    with pytest.raises(Problem) as told:
        keys(community)
    assert told.value.code is Code.UNTRUSTED
