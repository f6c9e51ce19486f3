"""A pcscd of the tests' own with two virtual readers: `readers.names`, `readers.ports`, `readers.stop()`, `.start()`.

One folder for the life of the process, and named before any test runs: the PC/SC library looks up where the service
is only once, so a test that only asks whether a service is there would fix it for all that follow.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from firmware_sim.field.pcscd import PcscdAbsent, VirtualReaders
from tests.support.condition import require

KEPT: pytest.StashKey[tuple[VirtualReaders, Path]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Say where the service will be; it starts with the first test that asks for it."""
    folder = Path(tempfile.mkdtemp(prefix="onecard-readers-"))
    try:
        readers = VirtualReaders(folder)
    except PcscdAbsent:
        folder.rmdir()
        return
    os.environ.update(readers.environment)
    config.stash[KEPT] = readers, folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """End it with the tests."""
    if KEPT in config.stash:
        readers, folder = config.stash[KEPT]
        readers.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def readers_of_this_process(pytestconfig: pytest.Config) -> VirtualReaders:
    """For fixtures that live longer than a test; they may not be running."""
    require("pcscd")
    return pytestconfig.stash[KEPT][0]


@pytest.fixture
def virtual_readers(readers_of_this_process: VirtualReaders) -> VirtualReaders:
    """Running when the test starts, whatever the last one did to it."""
    if not readers_of_this_process.is_running:
        readers_of_this_process.start()
    return readers_of_this_process
