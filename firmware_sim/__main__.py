"""``python -m firmware_sim CONFIG.json``: the person's program on standard input and output."""

import io
import sys
from pathlib import Path

import structlog

from firmware_sim.app import run
from firmware_sim.config import SimConfig

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m firmware_sim CONFIG.json")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    # Reports have standard output to themselves.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    run(SimConfig.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.stdin, sys.stdout)
