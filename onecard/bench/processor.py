"""Processor time of a process that runs beside us, from /proc (proc_pid_stat(5), fields 14 and 15)."""

import os
from pathlib import Path


def processor_s(pid: int) -> float:
    """What it has used so far, in user and kernel mode [s], all threads. OSError when it does not run."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    # The name stands in parentheses and may hold anything; the fields behind it are counted from its end.
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
