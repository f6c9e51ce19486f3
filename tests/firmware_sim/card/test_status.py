"""Status bytes as published."""

from firmware_sim.card.status import Status, StatusError


def test_values() -> None:
    assert {status.name: int(status) for status in Status} == {
        "OK": 0x00, "NO_CHANGES": 0x0C, "OUT_OF_MEMORY": 0x0E, "ILLEGAL_COMMAND": 0x1C, "INTEGRITY_ERROR": 0x1E,
        "NO_SUCH_KEY": 0x40, "LENGTH_ERROR": 0x7E, "PERMISSION_DENIED": 0x9D, "PARAMETER_ERROR": 0x9E,
        "APPLICATION_NOT_FOUND": 0xA0, "AUTHENTICATION_DELAY": 0xAD, "AUTHENTICATION_ERROR": 0xAE,
        "ADDITIONAL_FRAME": 0xAF, "BOUNDARY_ERROR": 0xBE, "COMMAND_ABORTED": 0xCA, "DUPLICATE_ERROR": 0xDE,
        "FILE_NOT_FOUND": 0xF0,
    }  # fmt: skip
    assert str(StatusError(Status.OK)) == "OK"
