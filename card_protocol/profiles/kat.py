"""Known-answer tests: run published cases through the very code that talks to cards.

A wrong value is a failing case; a field that is missing or cannot be is the file's fault (`MalformedCase`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from card_protocol.channel import ev2
from card_protocol.channel.authenticate import CAPABILITIES_BYTES, check_first_proof, check_non_first_proof
from card_protocol.channel.card_keys import CHANGE_KEY, KEY_NUMBER_BITS
from card_protocol.channel.ev2 import Mode
from card_protocol.crypto.diversify import diversify
from card_protocol.crypto.mac import aes_cmac
from card_protocol.errors import CallerFault, Fault
from card_protocol.iso7816.status import Status
from card_protocol.profiles.kat_case import Case, Fields, MalformedCase, Outputs, Value, read_cases


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case; `problems` is empty when it passed."""

    case: Case
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything that the case lists came out."""
        return not self.problems


def run_cases(lines: Iterable[str]) -> Iterator[CaseResult]:
    """Run the cases of a file, a result for each. MalformedCase at the first line that is none."""
    for case in read_cases(lines, OPERATIONS):
        yield run_case(case)


def run_case(case: Case) -> CaseResult:
    """Run one case. MalformedCase when a field that its operation needs is missing or has no such value."""
    try:
        outputs = OPERATIONS[case.op](case.given)
    except CallerFault as fault:
        raise MalformedCase(case.line, str(fault)) from fault
    except Fault as fault:
        return CaseResult(case, (str(fault),))
    problems = (
        f"{name} is {_show(outputs.get(name))}, not {_show(value)}"
        for name, value in case.expected.items()
        if outputs.get(name) != value
    )
    return CaseResult(case, tuple(problems))


def _cmac(given: Fields) -> Outputs:
    return {"mac": aes_cmac(given.key("key"), given.octets("msg"))}


def _an10922(given: Fields) -> Outputs:
    return {"key": diversify(given.key("key"), given.octets("m")).reveal()}


def _authentication(given: Fields) -> Outputs:
    key, rnd_a = given.key("key"), given.octets("rnd_a", 16)
    given.number("key_no", 1 << 8)
    if "pcd_cap" in given and len(given.octets("pcd_cap")) > CAPABILITIES_BYTES:
        raise CallerFault(f"capabilities have at most {CAPABILITIES_BYTES} bytes")
    rnd_b = ev2.take_challenge(key, given.octets("resp1"))
    keys = ev2.session_keys(key, rnd_a, rnd_b)
    outputs: Outputs = {
        "cmd2": bytes((Status.ADDITIONAL_FRAME,)) + ev2.answer_challenge(key, rnd_a, rnd_b),
        "enc": keys.enc.reveal(),
        "mac": keys.mac.reveal(),
    }
    if given.flag("first"):
        outputs["ti"], _ = check_first_proof(key, rnd_a, given.octets("resp2"))
    else:
        check_non_first_proof(key, rnd_a, given.octets("resp2"))
        outputs["ti"] = given.octets("ti", 4)
    return outputs


def _session_keys(given: Fields) -> Outputs:
    keys = ev2.session_keys(given.key("key"), given.octets("rnd_a", 16), given.octets("rnd_b", 16))
    return {"enc": keys.enc.reveal(), "mac": keys.mac.reveal()}


def _command(given: Fields) -> Outputs:
    ins = given.octets("ins", 1)[0]
    header, data = given.octets("header"), given.octets("data")
    return {"frame": ev2.seal_command(*given.session(), given.mode(), ins, header, data)}


def _response(given: Fields) -> Outputs:
    return {"data": ev2.open_response(*given.session(), given.mode(), given.octets("body"))}


def _change_key(given: Fields) -> Outputs:
    key_no, auth_key_no = given.number("key_no", 1 << 8), given.number("auth_key_no", 1 << 8)
    new = given.key("new_key", given.number("new_version", 1 << 8))
    # The upper bits of a number say the type of the key. An old key is given exactly for a key of another number.
    own = key_no == auth_key_no or ("old_key" not in given and key_no & KEY_NUMBER_BITS == auth_key_no)
    data = ev2.new_key_data(new, None if own else given.key("old_key"))
    return {"frame": ev2.seal_command(*given.session(), Mode.FULL, CHANGE_KEY, bytes((key_no,)), data)}


OPERATIONS: Final[Mapping[str, Callable[[Fields], Outputs]]] = {
    "aes-cmac": _cmac,
    "an10922-aes128": _an10922,
    "ev2-auth": _authentication,
    "ev2-session-keys": _session_keys,
    "ev2-command": _command,
    "ev2-response": _response,
    "ev2-change-key": _change_key,
}


def _show(value: Value | None) -> str:
    if value is None:
        return "absent"
    return value.hex().upper() if isinstance(value, bytes) else str(value)
