from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone
from django.utils.translation import override

AT = datetime(2026, 3, 1, 23, 5, 9, 7, tzinfo=UTC)


def rendered(source, at=AT):
    return Template(f"{{% load moments %}}{source}").render(Context({"at": at}))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/St_Johns"])
@pytest.mark.parametrize("language", ["en-gb", "ko"])
@pytest.mark.parametrize(("name", "words"), [("day", "j F Y"), ("minute", "j F Y, H:i")])
def test_a_moment_reads_as_django_writes_it(several_languages, zone, language, name, words):
    by_django = f'<time datetime="{{{{ at|date:"c" }}}}">{{{{ at|date:"{words}" }}}}</time>'
    with timezone.override(zone), override(language):
        assert rendered(f"{{{{ at|{name} }}}}") == rendered(by_django)


def test_a_moment_is_of_the_readers_own_day():
    with timezone.override("Asia/Seoul"), override("en-gb"):
        assert rendered("{{ at|minute }}") == (
            '<time datetime="2026-03-02T08:05:09.000007+09:00">2 March 2026, 08:05</time>'
        )
    with timezone.override("UTC"), override("en-gb"):
        assert rendered('{{ at|day:"small" }}') == (
            '<time class="small" datetime="2026-03-01T23:05:09.000007+00:00">1 March 2026</time>'
        )
