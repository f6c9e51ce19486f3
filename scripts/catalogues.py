"""Keeps the language catalogues in step with the pages: `python -m scripts.catalogues`.

Reads every marked sentence of `server/pages` (Python and templates) and writes it into `server/locale/*/…/messages.po`:
new sentences are added empty (in English: as they are), gone ones are removed, nothing is guessed. Tests fail as
long as one is empty; fill them in with an editor.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "server" / "pages"
LOCALES = ROOT / "server" / "locale"
LANGUAGES = ("zh_CN", "en")
METHODS = [("**/__pycache__/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
WIDTH = 110
HEAD = """\
# The console's sentences; kept in step with the pages by scripts/catalogues.py.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def sentences() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """(file under server/pages, line, msgid or (singular, plural)) of everything that is marked."""
    found = extract_from_dir(PAGES, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=())
    for file, line, message, _comments, _context in found:
        yield str(file), line, message


def template() -> Catalog:
    """All sentences, each once, with the files that say it."""
    catalogue = Catalog(project="onecard", fuzzy=False, charset="utf-8")
    for file, _line, message in sentences():
        if message:
            catalogue.add(message, locations=[(f"server/pages/{file}", 0)])
    return catalogue


def path_of(language: str) -> Path:
    """Where the catalogue of a language stands."""
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


def empty(language: str) -> Catalog:
    """A catalogue without sentences."""
    return Catalog(locale=language, project="onecard", fuzzy=False, charset="utf-8")


def load(language: str) -> Catalog:
    """The catalogue as it stands; empty when there is none."""
    path = path_of(language)
    if not path.is_file():
        return empty(language)
    with path.open("rb") as text:
        return read_po(text, locale=language)


def refresh(language: str, wanted: Catalog) -> int:
    """Write the catalogue of a language anew; returns how many sentences it lacks."""
    old = {message.id: message.string for message in load(language) if message.id}
    fresh = empty(language)
    missing = 0
    for message in sorted((m for m in wanted if m.id), key=lambda m: str(m.id)):
        string = old.get(message.id) or (message.id if language == "en" else "")
        missing += not all(string if isinstance(string, tuple) else (string,))
        fresh.add(message.id, string, locations=message.locations, flags=message.flags)
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as text:
        text.write(HEAD.format(language=language, plural=fresh.plural_forms).encode())
        write_po(text, fresh, width=WIDTH, omit_header=True, include_lineno=False)
    return missing


def main() -> int:
    """Refresh all; the exit code says whether something is still to be translated."""
    wanted = template()
    total = 0
    for language in LANGUAGES:
        missing = refresh(language, wanted)
        total += missing
        print(f"{language}: {len([m for m in wanted if m.id])} sentences, {missing} to translate")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
