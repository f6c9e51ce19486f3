"""A pcscd of the tests' own with two virtual readers: `readers.names`, `readers.ports`, `readers.stop()`, `.start()`.

One folder for the life of the process: the PC/SC library looks up where the service is only once.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_sim.field.pcscd import VirtualReaders
from tests.support.condition import require


@pytest.fixture(scope="session")
def _virtual_readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualReaders]:
    folder: Path = tmp_path_factory.mktemp("pcscd")
    readers = VirtualReaders(folder)
    os.environ.update(readers.environment)
    yield readers
    readers.stop()


@pytest.fixture
def virtual_readers(request: pytest.FixtureRequest) -> VirtualReaders:
    """Running when the test starts, whatever the last one did to it."""
    require("pcscd")
    readers: VirtualReaders = request.getfixturevalue("_virtual_readers")
    if not readers.is_running:
        readers.start()
    return readers
