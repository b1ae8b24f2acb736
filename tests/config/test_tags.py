from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import override

from users.models import SiteSettings


def rendered(source, **context):
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("code", "attributes"),
    [
        ("ko", ' lang="ko"'),
        ("fa", ' lang="fa" dir="rtl"'),
        ("pa-Arab", ' lang="pa-Arab" dir="rtl"'),
        ("ar-Latn", ' lang="ar-Latn"'),
        ("en-US", ' lang="en-US"'),
        ("en-GB", ""),
        ("en", ""),
        ("", ""),
        (None, ""),
        ('"><b>', ' lang="&quot;&gt;&lt;b&gt;"'),
    ],
)
def test_lang_attrs_on_an_english_page(code, attributes):
    with override("en-gb"):
        assert rendered("{% load languages %}{% lang_attrs code %}", code=code) == attributes


def test_lang_attrs_on_a_right_to_left_page(several_languages):
    with override("ar"):
        source = "{% load languages %}<p{% lang_attrs code %}>"
        assert rendered(source, code="ko") == '<p lang="ko" dir="ltr">'
        assert rendered(source, code="ar") == "<p>"


def test_icon_is_hidden_and_an_unknown_one_is_an_error():
    html = rendered('{% load icons %}{% icon "search" %}')
    assert html.startswith('<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"')
    with pytest.raises(KeyError):
        rendered('{% load icons %}{% icon "nothing" %}')


@pytest.mark.django_db
def test_wordmark_says_the_name():
    assert rendered("{% load icons %}{% wordmark %}").endswith("</svg>Afterimage")


@pytest.mark.parametrize("kind", ["leader", "misframed", "ticket", "splice", "exposures"])
def test_leader_reads_its_text_escaped(kind):
    html = rendered("{% load icons %}{% leader reads kind=kind %}", reads="4<4", kind=kind)
    assert ">4&lt;4</text>" in html
    assert 'aria-label="A frame of film leader that reads 4&lt;4"' in html
    assert "4<4" not in html
    assert "{}" not in html
    assert "style=" not in html


def test_drawing_tags_are_not_escaped():
    film = SimpleNamespace(
        title="A Film", original_title="", original_language="", year=None, card_seed="a-film",
        card_country="", card_director="", card_motif="bars", card_ground="teal",
        card_figure="rose", card_tone="deep", card_composition="head",
    )  # fmt: skip
    theme = SimpleNamespace(slug="grief", card_motif="missing", card_ink="blue")
    html = rendered(
        "{% load title_cards graphics %}{% title_card film %}{% mini film %}{% spine film %}"
        "{% glyph theme %}{% banner theme %}{% stars 3.5 %}{% meter 40 %}{% strength 3 1 9 %}",
        film=film,
        theme=theme,
    )
    assert "&lt;" not in html
    for name in ("tc", "mini t-deep", "spine t-deep", "glyph t-bright", "banner t-bright", "stars"):
        assert f'class="{name}' in html


def test_long_rows_of_choices_are_escaped_and_say_what_is_chosen():
    html = rendered(
        "{% load choices %}{% filter_boxes 'theme' 'th' boxes %}{% options pairs 'b' %}",
        boxes=[("<a>", "<b>", "1,234", False), ("grief", "Grief", "2", True)],
        pairs=[("a", "<i>"), ("b", "B")],
    )
    assert 'value="&lt;a&gt;" id="th_&lt;a&gt;">' in html
    assert '&lt;b&gt; <span class="num">1,234</span>' in html
    assert 'value="grief" id="th_grief" checked>' in html
    assert '<option value="a">&lt;i&gt;</option><option value="b" selected>B</option>' in html


@pytest.mark.django_db
def test_a_site_named_by_one_long_word_can_break_its_line():
    SiteSettings(name="W" * 30).save()
    shown = rendered("{% load icons %}{% wordmark %}").partition("</svg>")[2]
    assert shown == "\u200b".join(["W" * 10] * 3)


def test_the_name_of_a_site_has_a_length_that_fits_its_masthead():
    SiteSettings(name="W" * 30).full_clean(validate_constraints=False)
    with pytest.raises(ValidationError, match="At most 30 characters"):
        SiteSettings(name="W" * 31).full_clean(validate_constraints=False)


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ('{% url "reviews:edit" 7 %}', "/write/7/"),
        ('{% url "users:report" kind number %}', "/report/review/4/"),
        ('{% url "member" who %}', "/members/o&#x27;neil/"),
        ('{% autoescape off %}{% url "member" who %}{% endautoescape %}', "/members/o'neil/"),
        ('{% url "member" username=who %}', "/members/o&#x27;neil/"),
        ('{% url "rules" as found %}[{{ found }}]', "[/rules/]"),
        ('{% url "no-such-page" as found %}[{{ found }}]', "[]"),
    ],
)
def test_an_address_is_what_django_makes_of_it(source, drawn):
    said = {"kind": "review", "number": 4, "who": "o'neil"}
    for _ in range(2):  # the second time from memory
        assert rendered(source, **said) == drawn


def test_an_address_that_does_not_exist_is_an_error():
    with pytest.raises(NoReverseMatch):
        rendered('{% url "no-such-page" %}')


def test_a_moment_in_words_is_in_the_readers_time():
    at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    source = "{% load moments tz %}{{ at|in_words }}, {{ at|year }}"
    assert rendered(source, at=at) == "31 December 2025, 2025"
    with timezone.override("Asia/Seoul"):
        assert rendered(source, at=at) == "1 January 2026, 2026"
