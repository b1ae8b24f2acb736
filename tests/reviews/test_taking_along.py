"""A piece as a Markdown file, and its licence wherever it goes."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from films.models import Image
from reviews.models import ReviewImage
from reviews.models.viewing import parse_partial_date
from tests.factories import bring_to, make_film, make_image, make_review, make_user
from users.models import TextLicense

pytestmark = pytest.mark.django_db
HOSTILE = 'Rain: "on\u2028the" #roof\u0085--- \u202e {x: [y]} \\ \U0001f327'


def taken(client, piece):
    response = client.get(piece.get_markdown_url())
    assert response.status_code == 200
    return response.content.decode()


def split(text):
    """(facts, the rest)"""
    begin, head, rest = text.split("---\n", 2)
    assert begin == ""
    lines = (line.split(": ", 1) for line in head.splitlines())
    return {name: json.loads(value) for name, value in lines}, rest


def with_picture(piece, image, role=ReviewImage.Role.FIGURE):
    ReviewImage.objects.create(review=piece, image=image, role=role)


def test_it_has_its_facts_and_its_text(client):
    film = make_film("Miracle in Cell No. 7", 2013, imdb_id="tt2659414")
    body = "A hat.[^1] >!It burns.!<\n\n" + "rain " * 450 + "\n\n[^1]: Felt."
    essay = make_review(make_user("mina", display_name="Mina Baek"), film, title="오래된 모자",
                        body=body, lead="A line.", rating=9, themes=["injustice"], language="ko",
                        text_license=TextLicense.BY_SA, is_spoiler=True)  # fmt: skip
    facts, rest = split(taken(client, essay))
    assert facts["title"] == "오래된 모자"
    assert (facts["author"], facts["film"], facts["film_year"]) == (
        "Mina Baek", "Miracle in Cell No. 7", 2013,
    )  # fmt: skip
    assert facts["film_address"] == f"http://testserver{film.get_absolute_url()}"
    assert facts["address"] == f"http://testserver{essay.get_absolute_url()}"
    assert (facts["language"], facts["rating"], facts["themes"]) == ("ko", 4.5, ["injustice"])
    assert facts["tells_the_ending"] is True
    assert facts["license_address"].startswith("https://creativecommons.org/")
    assert body.strip() in rest
    assert rest.index("© Mina Baek") < rest.index("A line.") < rest.index("A hat.")
    assert "This tells how Miracle in Cell No. 7 ends." in rest


@pytest.mark.parametrize("said", ["2026-07-20", "2026-07", "2026"])
def test_a_date_seen_is_for_machines_too_and_no_more_than_was_said(client, said):
    seen_on, precision = parse_partial_date(said)
    note = make_review(words=30, seen_on=seen_on, seen_precision=precision)
    assert split(taken(client, note))[0]["seen"] == said


def test_what_the_browser_is_told_of_it(client):
    essay = make_review(title="오래된 모자")
    headers = client.get(essay.get_markdown_url()).headers
    assert headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%EC%98%A4")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in headers


def test_a_note_has_one_too_and_pages_link_it(client):
    note, essay = make_review(words=30), make_review()
    assert note.get_markdown_url() == f"/notes/{note.pk}/markdown/"
    for piece in (note, essay):
        assert "rain rain" in taken(client, piece)
        link = f'<a href="{piece.get_markdown_url()}" rel="nofollow">Markdown</a>'
        assert link in client.get(piece.get_absolute_url()).content.decode()
    moved = client.get(f"/notes/{essay.pk}/markdown/")
    assert (moved.status_code, moved.headers["Location"]) == (301, essay.get_markdown_url())


def test_hostile_words_stay_in_their_line(client):
    author = make_user(display_name="Mina *Baek* [x](javascript:1)")
    essay = make_review(author, make_film(HOSTILE), title=HOSTILE, lead=HOSTILE)
    text = taken(client, essay)
    head = text.split("---\n", 2)[1]
    assert not re.search("[\x7f-\x9f\u2028\u2029\u202e]", head)
    facts, rest = split(text)
    assert (facts["title"], facts["film"]) == (HOSTILE, essay.film_title)
    assert "© Mina \\*Baek\\* \\[x\\]" in rest


def test_pictures_come_with_their_credit(client):
    hero, figure = make_image(title="At the head"), make_image(title="In the text")
    figure.derivatives = [{"format": "jpeg", "width": 800, "height": 450, "name": "d/x.jpg"}]
    figure.save()
    body = f"![Two people](image:{figure.key})\n\n![Not mine](image:another)\n\n" + "rain " * 450
    essay = make_review(body=body)
    with_picture(essay, figure)
    with_picture(essay, hero, ReviewImage.Role.HERO)
    facts, rest = split(taken(client, essay))
    page = f"http://testserver{figure.get_absolute_url()}"
    assert re.search(rf"\[!\[Two people\]\(http://testserver/\S+/x\.jpg\)\]\({page}\)", rest)
    assert "image:" not in rest
    assert [picture["title"] for picture in facts["pictures"]] == ["At the head", "In the text"]
    assert facts["pictures"][0]["creator"] == "Asahachi Kono"
    assert f"- [In the text]({page}), Asahachi Kono, [CC0 1.0]" in rest


def test_a_picture_taken_down_is_not_in_it(client):
    image = make_image(title="Quonsellary", creator_name="Quonsellary")
    essay = make_review(body=f"![What it shows](image:{image.key}) " + "rain " * 450)
    with_picture(essay, image)
    bring_to(image, "removed")
    text = taken(client, essay)
    assert "Quonsellary" not in text
    assert "A picture was taken down." in text
    assert Image.objects.get().get_absolute_url() in text


@pytest.mark.parametrize("license_", TextLicense)
@pytest.mark.parametrize("words", [450, 40])
def test_the_licence_is_on_the_page_in_its_data_and_in_the_file(client, license_, words):
    piece = make_review(words=words, text_license=license_)
    page = client.get(piece.get_absolute_url()).content.decode()
    facts, rest = split(taken(client, piece))
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])  # fmt: skip
    review = next(row for row in data if row["@type"] == "Review") if isinstance(data, list) else data  # fmt: skip
    assert str(license_.label) in page
    assert review["copyrightNotice"].endswith(f" {license_.label}")
    assert (facts["license"], facts["license_name"]) == (license_.value, str(license_.label))
    assert rest.lstrip().split("\n")[0].count(str(license_.label)) == 1
    if license_.url:
        assert f'href="{license_.url}" rel="license' in page
        assert review["license"] == facts["license_address"] == license_.url
    else:
        assert "license" not in review
        assert "license_address" not in facts


def test_nobody_takes_what_they_may_not_read(client):
    for status, code in (("draft", 404), ("held", 404), ("hidden", 404), ("removed", 410),
                         ("deleted", 410)):  # fmt: skip
        piece = make_review(status=status, body="Quonsellary " * 450)
        response = client.get(piece.get_markdown_url())
        assert response.status_code == code
        assert "Quonsellary" not in response.content.decode()
    assert client.get("/essays/nowhere/markdown/").status_code == 404
    assert client.post(make_review().get_markdown_url()).status_code == 405


def test_authors_take_what_readers_do_not_see(client):
    author = make_user()
    client.force_login(author)
    for status in ("draft", "hidden", "removed"):
        piece = make_review(author, status=status)
        facts, rest = split(taken(client, piece))
        assert facts["status"] == status
        assert "rain" in rest


def test_it_costs_the_same_however_many_pictures(client):
    essay = make_review(themes=["rain", "hats", "roads"])
    for _ in range(4):
        with_picture(essay, make_image())
    client.get(essay.get_markdown_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(essay.get_markdown_url())
    assert len(queries) <= 6
