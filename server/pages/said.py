"""What a refused form says, and which of its fields it is about.

One way for all forms: who refuses says its sentence `at` the fields that the refusing value object named; the macro
`problem` (parts/forms.html) writes their names beside it, and static/js/fields.js marks them, puts the sentence there
and leads the hand there. Names that the form does not have are no harm: the sentence then stands above the form.
"""

from collections.abc import Iterable

from pydantic import ValidationError

from server.pages.i18n import N_
from server.services.problems import Problem

WHY_PROBLEM = N_("Please say why in a few words: it goes into the record.")


class Said(str):
    """A sentence for people, with the names of the form's fields that it is about."""

    __slots__ = ("at",)
    at: tuple[str, ...]

    def __new__(cls, text: str, at: Iterable[str] = ()) -> "Said":
        """`at` may be empty: then it is about the form as a whole."""
        said = super().__new__(cls, text)
        said.at = (at,) if isinstance(at, str) else tuple(at)
        return said


def fields_of(error: ValidationError | ValueError | Problem, **called: str) -> tuple[str, ...]:
    """The fields that a refusal names; `called` is what the form calls those that it has under another name.

    A value without a field (a ValueError of a word or a time) names none.
    """
    if isinstance(error, ValidationError):
        named = [str(one["loc"][0]) for one in error.errors() if one["loc"]]
    else:
        named = list(error.fields) if isinstance(error, Problem) else []
    return tuple(dict.fromkeys(called.get(name, name) for name in named))
