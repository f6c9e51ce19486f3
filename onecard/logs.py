"""Logs of every program: to stderr, for a person on a terminal and as JSON lines otherwise.

The standard library's loggers (uvicorn, alembic, amqtt) go the same way, so there is one form. Bytes are never
written: their length is, since they may be keys or the body of an APDU.
"""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LEVELS = ("debug", "info", "warning", "error")
DEFAULT_LEVEL = "info"
LOG_FILE_MAX_BYTES = 1 << 20

# Libraries that tell more than anybody here wants to read; nfcpy is silenced by the driver that knows it.
QUIET = ("alembic", "amqtt", "transitions", "asyncio", "httpx", "httpcore", "ndef")


def set_up_logs(program: str, level: str | None = None, stream: TextIO | None = None) -> None:
    """Send the logs of this process to `stream` (stderr). `program` stands in every line.

    `level` is one of LEVELS; None takes ONECARD_LOG_LEVEL, else info. ValueError for another word.
    """
    level = (level or os.environ.get("ONECARD_LOG_LEVEL") or DEFAULT_LEVEL).lower()
    if level not in LEVELS:
        raise ValueError(f"log level {level!r}: allowed are {', '.join(LEVELS)}")
    stream = stream or sys.stderr
    structlog.configure(
        processors=[*_shared(program), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_form(program, _rendering(stream)))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def keep_logs(folder: Path, program: str) -> None:
    """Keep the newest lines of this process in `folder` besides, for who asks for them from afar (`read_log`).

    At most twice LOG_FILE_MAX_BYTES. A folder that cannot be had is told, and nothing is kept.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{program}.log"
        handler = RotatingFileHandler(path, maxBytes=LOG_FILE_MAX_BYTES, backupCount=1, encoding="utf-8")
    except OSError as error:
        structlog.get_logger().warning("logs_not_kept", why=str(error))
        return
    handler.setFormatter(_form(program, _JSON))
    logging.getLogger().addHandler(handler)


def _shared(program: str) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _named(program),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_bytes,
    ]


def _form(program: str, rendering: list[Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(program),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
    )


def _rendering(stream: TextIO) -> list[Processor]:
    return [structlog.dev.ConsoleRenderer()] if stream.isatty() else _JSON


_JSON: list[Processor] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
]


def _named(program: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("program", program)
        return event

    return add


def hide_bytes(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace every byte string by its length."""
    for name, value in event.items():
        if isinstance(value, (bytes, bytearray, memoryview)):
            event[name] = f"<{len(value)} bytes>"
    return event
