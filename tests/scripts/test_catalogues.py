"""Keeping the catalogues in step: new sentences come, gone ones go, translations stay."""

import pytest

from scripts import catalogues


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Pages of two files, and no catalogues yet."""
    pages = tmp_path / "pages"
    (pages / "templates").mkdir(parents=True)
    (pages / "a.py").write_text('X = N_("Sign in")\nY = _("not " + "this")\n', encoding="utf-8")
    (pages / "templates" / "b.html").write_text(
        '<p>{{ _("Sign in") }}</p>{{ ngettext("%(num)s card", "%(num)s cards", n) }}'
        "{% macro m() %}{{ _('Back') }}{% endmacro %}",
        encoding="utf-8",
    )
    monkeypatch.setattr(catalogues, "PAGES", pages)
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path / "locale")
    return pages


def said(language):
    return {message.id: message.string for message in catalogues.load(language) if message.id}


def test_marked_sentences_are_found_in_both_kinds_of_files(small):
    ids = {message.id for message in catalogues.template() if message.id}
    assert {"Sign in", "Back", ("%(num)s card", "%(num)s cards")} <= ids


def test_english_speaks_at_once_and_chinese_waits_to_be_filled(small, capsys):
    assert catalogues.main() == 1
    assert "to translate" in capsys.readouterr().out
    assert said("en")["Sign in"] == "Sign in"
    assert said("zh_CN")["Sign in"] == ""


def test_a_translation_stays_and_a_gone_sentence_goes(small):
    catalogues.main()
    path = catalogues.path_of("zh_CN")
    path.write_text(path.read_text().replace('msgid "Sign in"\nmsgstr ""', 'msgid "Sign in"\nmsgstr "登录"'))
    (small / "templates" / "b.html").write_text('{{ _("Forward") }}', encoding="utf-8")
    catalogues.main()
    assert said("zh_CN")["Sign in"] == "登录"
    assert set(said("zh_CN")) >= {"Forward"}
    assert "Back" not in said("zh_CN")


def test_a_second_run_changes_nothing(small):
    catalogues.main()
    before = catalogues.path_of("zh_CN").read_bytes()
    catalogues.main()
    assert catalogues.path_of("zh_CN").read_bytes() == before
    assert b"\r" not in before
    assert b"Language: zh_CN" in before
