"""Desks: cards come and go, APDUs and their answers, one task at a time."""

import asyncio

import pytest

from card_protocol.errors import CardGone, CardSilent
from card_protocol.wire.desk import Answer, Apdu, CardHere, Hello, Show
from card_protocol.wire.desk import CardGone as CardLeft
from server.services.desk import desks
from server.services.desk.desks import Desk, Desks
from server.services.live import Feed
from server.services.problems import Code, Problem

UID = "04112233445566"


class Scene:
    """Desks with one connected, and what was sent to it and told of it."""

    def __init__(self) -> None:
        self.sent: list[Apdu | Show] = []
        self.told: list[dict[str, object]] = []
        feed = Feed()
        feed.listen(lambda _channel, fact: self.told.append(dict(fact)))
        self.desks = Desks(feed)
        self.desk = self.join("desk-1")

    def join(self, name: str) -> Desk:
        async def send(message: Apdu | Show) -> None:
            self.sent.append(message)

        return self.desks.join(Hello(desk=name, reader="simulated"), send)


def run(story: object) -> None:
    """A story is an async function of a scene."""
    asyncio.run(story(Scene()))  # type: ignore[operator]


def test_a_card_on_the_reader_is_known_and_told() -> None:
    async def story(scene: Scene) -> None:
        await scene.desk.heard(CardHere(uid=UID))
        assert await scene.desk.card(1000) == UID
        assert scene.told[-1]["uid"] == UID
        await scene.desk.heard(CardLeft())
        assert scene.desks.listing()[0].uid is None

    run(story)


def test_waiting_for_a_card_ends_when_it_comes() -> None:
    async def story(scene: Scene) -> None:
        waiting = asyncio.create_task(scene.desk.card(60_000))
        await asyncio.sleep(0)
        await scene.desk.heard(CardHere(uid=UID))
        assert await waiting == UID

    run(story)


def test_waiting_has_an_end() -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(Problem) as told:
            await scene.desk.card(1)
        assert told.value.code is Code.NO_CARD

    run(story)


def test_a_desk_that_hangs_up_ends_the_wait() -> None:
    async def story(scene: Scene) -> None:
        waiting = asyncio.create_task(scene.desk.card(60_000))
        await asyncio.sleep(0)
        await scene.desks.leave(scene.desk)
        with pytest.raises(Problem) as told:
            await waiting
        assert told.value.code is Code.DESK_AWAY
        with pytest.raises(Problem) as told:
            scene.desks.get("desk-1")
        assert told.value.code is Code.DESK_AWAY

    run(story)


async def answered(scene: Scene, *answers: Answer) -> bytes:
    await scene.desk.heard(CardHere(uid=UID))
    asking = asyncio.create_task(scene.desk.transmit(b"\x90\x60"))
    await asyncio.sleep(0)
    for answer in answers:
        await scene.desk.heard(answer)
    return await asking


def test_an_apdu_goes_there_and_its_answer_comes_back() -> None:
    async def story(scene: Scene) -> None:
        assert await answered(scene, Answer(turn=1, data="9100")) == b"\x91\x00"
        assert scene.sent == [Apdu(turn=1, data="9060")]

    run(story)


def test_an_answer_to_another_turn_is_dropped() -> None:
    async def story(scene: Scene) -> None:
        late, ours, twice = Answer(turn=0, data="FFFF"), Answer(turn=1, data="9100"), Answer(turn=1, data="0000")
        assert await answered(scene, late, ours, twice) == b"\x91\x00"
        await scene.desk.heard(Answer(turn=1, data="9100"))

    run(story)


def test_a_card_that_leaves_is_a_fault_of_the_field() -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(CardGone):
            await scene.desk.transmit(b"\x90\x60")
        await scene.desk.heard(CardHere(uid=UID))
        for leaves in (CardLeft(), CardHere(uid="04AAAAAAAAAAAA")):
            await scene.desk.heard(CardHere(uid=UID))
            asking = asyncio.create_task(scene.desk.transmit(b"\x90\x60"))
            await asyncio.sleep(0)
            await scene.desk.heard(leaves)
            with pytest.raises(CardGone):
                await asking

    run(story)


def test_a_desk_that_does_not_answer_is_not_waited_for_longer_than_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "ANSWER_TIMEOUT_MS", 1)

    async def story(scene: Scene) -> None:
        await scene.desk.heard(CardHere(uid=UID))
        with pytest.raises(CardSilent):
            await scene.desk.transmit(b"\x90\x60")

    run(story)


def test_one_task_at_a_time() -> None:
    async def story(scene: Scene) -> None:
        async with scene.desk.claimed():
            assert scene.desk.view().busy
            with pytest.raises(Problem) as told:
                async with scene.desk.claimed():
                    pass
            assert told.value.code is Code.DESK_BUSY
        assert not scene.desk.view().busy

    run(story)


def test_a_second_desk_of_a_name_replaces_the_first() -> None:
    async def story(scene: Scene) -> None:
        second = scene.join("desk-1")
        await scene.desks.leave(scene.desk)
        assert scene.desks.get("desk-1") is second

    run(story)


def test_desks_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "MAX_DESKS", 1)

    async def story(scene: Scene) -> None:
        scene.join("desk-1")
        with pytest.raises(Problem) as told:
            scene.join("desk-2")
        assert told.value.code is Code.TOO_MANY

    run(story)


def test_sentences_and_progress() -> None:
    async def story(scene: Scene) -> None:
        await scene.desk.show(en="x" * 500, zh="好", good=True)
        assert scene.sent == [Show(en="x" * desks.SENTENCE_MAX_CHARS, zh="好", good=True)]
        scene.desk.tell_progress(2, 8)
        assert scene.told[-1]["progress"] == [2, 8]
        await scene.desk.hang_up()
        await scene.desk.show(en="nobody", zh="没人", good=True)
        assert len(scene.sent) == 1

    run(story)
