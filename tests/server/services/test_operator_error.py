"""One sentence in both languages."""

from server.services.backup.backup import BackupError
from server.services.keys.keystore import KeystoreError
from server.services.opening import ServerError
from server.services.operator_error import OperatorError


def test_it_speaks_both_languages() -> None:
    told = OperatorError("the disk is full", "磁盘已满")
    assert (str(told), told.zh) == ("the disk is full", "磁盘已满")
    assert OperatorError("errno 5").zh == "errno 5"


def test_whatever_an_operator_can_mend_is_one() -> None:
    assert all(issubclass(kind, OperatorError) for kind in (BackupError, KeystoreError, ServerError))
