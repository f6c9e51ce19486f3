"""Templates to HTML: one Jinja environment per language, everything escaped, nothing undefined."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.pages import i18n, marks, words
from server.pages.assets import static_url
from server.pages.i18n import Language
from server.pages.money import money, yuan

ICONS_KEPT = 1024
TEMPLATE_DIR = Path(__file__).resolve().parent / "templates"


@lru_cache(ICONS_KEPT)
def icon(name: str, extra: str = "") -> Markup:
    """One drawing of the sprite; decoration only, the words stand beside it. A page has dozens, a list hundreds."""
    address = static_url("vendor/icons.svg")
    return Markup('<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        extra, address, name
    )


@cache
def environment(language: Language) -> Environment:
    """The environment of a language, with the words that every template may use."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATE_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # a page has some ten templates; they do not change under a running server
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.install_gettext_translations(i18n.catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    found.globals.update(
        language=language,
        languages=tuple(Language),
        icon=icon,
        static=static_url,
        local_time=i18n.local_time,
        local_date=i18n.local_date,
        local_minute=i18n.local_minute,
        span=i18n.span,
        when=i18n.when,
        clock_time=i18n.clock_time,
        card_states=words.CARD_STATES,
        card_signs=words.CARD_SIGNS,
        event_kinds=words.EVENT_KINDS,
        point_kinds=words.POINT_KINDS,
        reasons=words.REASONS,
        comma=marks.COMMA[language],
        colon=marks.COLON[language],
        stop=marks.STOP[language],
        brackets=lambda text: marks.brackets(text, language),
        why=lambda text: marks.why(text, language),
        who=lambda actor: marks.who(actor, language),
        money=money,
        yuan=yuan,
        clocks=words.CLOCKS,
        guard_sentence=lambda kind: words.guard_sentence(kind, language),
    )
    return found


def render(template: str, language: Language, **context: Any) -> str:
    """The HTML of a template."""
    return environment(language).get_template(template).render(context)


def macro(template: str, name: str, language: Language, view: object) -> str:
    """The HTML of one macro: what a page is made of, alone."""
    found = getattr(_module(template, language), name)
    return str(found(view)).strip()


@cache
def _module(template: str, language: Language) -> object:
    return environment(language).get_template(template).module
