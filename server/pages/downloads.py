"""A list as a file for Excel: xlsx, or CSV with a byte order mark."""

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from fastapi.responses import Response

from server.pages import i18n
from server.services.lists import sheet_out

Form = Literal["xlsx", "csv"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


def list_file(
    name: str, now_ms: int, form: str, titles: Sequence[str], rows: Sequence[Sequence[str]], *, above: str = ""
) -> Response:
    """An attachment called `name` with today's date. `above`: a first line that says who took it and why."""
    made = sheet_out.xlsx if form == "xlsx" else sheet_out.csv_bytes
    body = made(titles, rows, above=above)
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name} {i18n.local_date(now_ms)}.{form}')}"
    return Response(body, media_type=FORMS[form], headers={"Content-Disposition": disposition})
