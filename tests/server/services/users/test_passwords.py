"""Passwords."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest
from argon2 import PasswordHasher

from server.services.problems import Code, Problem
from server.services.users.passwords import (
    AT_ONCE,
    PASSWORD_MAX_CHARS,
    PASSWORD_MIN_CHARS,
    Passwords,
    check_strength,
    one_time_password,
)
from tests.support.patience import eventually

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_password_is_itself_and_no_other() -> None:
    stored = CHEAP.hash("tall bamboo")
    assert stored.startswith("$argon2id$")
    assert CHEAP.verify(stored, "tall bamboo")
    assert not CHEAP.verify(stored, "small bamboo")


def test_without_a_stored_password_nothing_is_right() -> None:
    assert not CHEAP.verify(None, "tall bamboo")
    assert not CHEAP.verify("nonsense", "tall bamboo")


def test_strangers_cannot_make_it_take_all_the_memory() -> None:
    inside: list[int] = []
    most: list[int] = []
    gate, turn = threading.Event(), threading.Lock()

    class Hasher(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            with turn:
                inside.append(1)
                most.append(len(inside))
            gate.wait()
            with turn:
                inside.pop()
            return True

    passwords = Passwords(Hasher())
    with ThreadPoolExecutor(3 * AT_ONCE) as pool:
        tried = [pool.submit(passwords.verify, "stored", "x") for _ in range(3 * AT_ONCE)]
        eventually(lambda: len(inside) == AT_ONCE)
        gate.set()
        assert all(one.result() for one in tried)
    assert max(most) == AT_ONCE


def test_the_cost_is_that_of_rfc_9106() -> None:
    stored = Passwords().hash("tall bamboo")
    assert "m=65536,t=3,p=4" in stored


def test_one_time_passwords_are_easy_to_copy_and_all_different() -> None:
    made = {one_time_password(bytes([n]) * 12) for n in range(200)}
    assert len(made) == 200
    assert all(len(text) == 19 and not set(text) & set("01lio") for text in made)


@pytest.mark.parametrize(
    "password",
    [
        "x" * (PASSWORD_MIN_CHARS - 1),
        "ab" * (PASSWORD_MAX_CHARS // 2 + 1),
        "aaaaaaaaaaaa",
        "1234567890",
        "password2026!",
        "I am wang the guard",
        "Qwertyuiop12",
    ],
)
def test_easy_passwords_are_refused(password: str) -> None:
    with pytest.raises(Problem) as told:
        check_strength("wang", password)
    assert told.value.code is Code.PASSWORD_WEAK


@pytest.mark.parametrize("password", ["tall bamboo by the canal", "运河边的高竹子很高很高", "k3!vQ8zu2Lp"])
def test_others_are_taken(password: str) -> None:
    check_strength("wang", password)
