import re
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.http import urlencode

from reviews.models import Review
from tests.factories import bring_to, make_film, make_review, make_user
from users.models import Notification

pytestmark = pytest.mark.django_db

WRITE = "/write/"


@pytest.fixture
def essay():
    return make_review(make_user("oksana", display_name="Oksana"), title="Second hand")


@pytest.fixture
def reader(client):
    user = make_user("junho", display_name="Jun-ho")
    client.force_login(user)
    return user


def written(about, **more):
    fields = {
        "film": about.slug, "title": "Who holds the elbows", "body": "rain " * 450,
        "language": "en", "text_license": "all-rights-reserved", "version": "1",
        "form_key": "a-key-of-enough-signs",
    }  # fmt: skip
    return fields | more


def answer_to(essay, status="published", **more):
    return make_review(answers_to=essay, status=status, **{"title": "The elbows"} | more)


def page_of(client, piece):
    cache.clear()
    return client.get(piece.get_absolute_url()).content.decode()


def test_an_answer_is_begun_from_the_essay_and_links_both_ways(client, reader, essay):
    query = urlencode({"film": essay.film.slug, "answers": essay.slug})
    address = f"{WRITE}?{query}"
    assert address.replace("&", "&amp;") in page_of(client, essay)
    page = client.get(address).content.decode()
    assert f'<input type="hidden" name="answers" value="{essay.slug}"' in page
    assert "Second hand" in page
    other = make_film("The Lives of Others")  # it may be about another film
    client.post(WRITE, written(other, answers=essay.slug, publish="1"))
    answer = Review.objects.get(author=reader)
    essay.refresh_from_db()
    assert (answer.answers_to, essay.answer_count) == (essay, 1)
    page = page_of(client, essay)
    assert "Answered by one essay" in page
    assert answer.get_absolute_url() in page
    page = page_of(client, answer)
    assert "An answer to <bdi>Oksana</bdi>" in page
    assert essay.get_absolute_url() in page
    call_command("recount", "--check")


def test_visitors_come_back_to_the_form_after_signing_in(client, essay):
    query = urlencode({"film": essay.film.slug, "answers": essay.slug})
    assert f"next={quote(f'{WRITE}?{query}', safe='')}" in page_of(client, essay)


def test_the_author_of_what_is_answered_hears_of_it_once(client, essay):
    answer = answer_to(essay)
    (notice,) = Notification.objects.filter(member=essay.author)
    assert notice.kind == "answer"
    client.force_login(essay.author)
    page = client.get(reverse("users:notices")).content.decode()
    assert "answered you with an essay" in page
    assert "The elbows" in page
    answer.unpublish(by=answer.author)
    assert "has been taken back" in client.get(reverse("users:notices")).content.decode()
    answer.publish(by=answer.author)
    assert Notification.objects.filter(member=essay.author).count() == 1


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_an_answer_that_nobody_may_read_is_not_named(client, essay, status):
    answer_to(essay, status=status)
    page = page_of(client, essay)
    assert "Answered by" not in page
    assert "The elbows" not in page
    essay.refresh_from_db()
    assert essay.answer_count == 0
    call_command("recount", "--check")


@pytest.mark.parametrize("status", ["held", "hidden", "removed", "deleted"])
def test_what_is_answered_is_not_named_once_it_is_gone(client, essay, status):
    answer = answer_to(essay)
    bring_to(essay, status)
    page = page_of(client, answer)
    assert "Second hand" not in page
    assert "An answer to" not in page
    client.force_login(answer.author)
    form = client.get(reverse("reviews:edit", args=[answer.pk])).content.decode()
    assert "Second hand" not in form
    assert "cannot be read at present" in form


def test_the_link_outlasts_edits_and_is_taken_out_on_request(client, essay):
    answer = answer_to(essay)
    client.force_login(answer.author)
    edit = reverse("reviews:edit", args=[answer.pk])
    client.post(edit, written(answer.film, body="snow " * 450, publish="1"))
    answer.refresh_from_db()
    assert (answer.answers_to, answer.version) == (essay, 2)
    sent = written(answer.film, version="2", answers=essay.slug, drop_answer="1", publish="1")
    client.post(edit, sent)
    answer.refresh_from_db()
    essay.refresh_from_db()
    assert (answer.answers_to, essay.answer_count) == (None, 0)
    call_command("recount", "--check")


def test_a_note_is_no_answer(client, essay):
    note = answer_to(essay, words=60, title="")
    essay.refresh_from_db()
    assert essay.answer_count == 0
    assert "Answered by" not in page_of(client, essay)
    assert "An answer to" not in page_of(client, note)
    assert not Notification.objects.filter(member=essay.author).exists()


@pytest.mark.parametrize("slug", ["nowhere", "a\0b", "", "x" * 300])
def test_an_unknown_essay_is_no_obstacle(client, reader, slug):
    assert client.get(f"{WRITE}?{urlencode({'answers': slug})}").status_code == 200
    client.post(WRITE, written(make_film(), answers=slug.replace("\0", ""), publish="1"))
    assert Review.objects.get(author=reader).answers_to is None


def test_the_link_comes_back_with_errors_preview_and_candidates(client, reader, essay):
    field = f'name="answers" value="{essay.slug}"'
    for way in ({"publish": "1", "title": ""}, {"view": "preview"}, {"view": "theme"}):
        page = client.post(WRITE, written(essay.film, answers=essay.slug, **way))
        assert field in page.content.decode(), way


def test_the_link_is_carried_through_a_conflict(client, reader, essay):
    client.post(WRITE, written(essay.film, answers=essay.slug, draft="1"))
    draft = Review.objects.get(author=reader)
    edit = reverse("reviews:edit", args=[draft.pk])
    client.post(edit, written(essay.film, body="snow", answers=essay.slug, draft="1"))
    response = client.post(edit, written(essay.film, body="fog", answers=essay.slug, draft="1"))
    assert response.status_code == 409
    assert response.content.decode().count(f'name="answers" value="{essay.slug}"') == 2


def test_the_link_waits_while_a_missing_film_is_added(client, reader, essay):
    sent = written(essay.film, film="", title="", body="", answers=essay.slug, q="Lost", view="add")
    response = client.post(WRITE, sent)
    draft = Review.objects.get(author=reader)
    assert f"then={draft.pk}" in response.url
    assert draft.answers_to == essay


def test_nothing_answers_itself_and_circles_do_no_harm(client, essay):
    other = answer_to(essay)
    essay.answers_to = other
    essay.save()
    call_command("recount")
    for piece in (essay, other):
        page = page_of(client, piece)
        assert "Answered by one essay" in page
        assert "An answer to" in page
    client.force_login(essay.author)
    edit = reverse("reviews:edit", args=[essay.pk])
    client.post(edit, written(essay.film, answers=essay.slug, publish="1"))
    essay.refresh_from_db()
    assert essay.answers_to is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=essay.pk).update(answers_to=essay)


def test_cards_of_answers_tell_no_ending(client, essay):
    answer_to(essay, title="The elbows", body="quonsellary " * 450, is_spoiler=True)
    page = page_of(client, essay)
    assert "The elbows" in page
    assert "quonsellary" not in page


def test_the_desk_counts_replies_and_essays(client, essay):
    answer_to(essay)
    client.force_login(essay.author)
    assert "1 essay</td>" in client.get("/desk/").content.decode()


def test_every_answer_can_be_reached(client, essay):
    titles = {f"Answer {number}" for number in range(13)}
    for title in titles:
        answer_to(essay, title=title)
    page, seen = page_of(client, essay), set()
    link = re.search(r'href="(\?answers=[^"]+)" rel="next"', page)
    assert link
    for html in (page, client.get(essay.get_absolute_url() + link[1]).content.decode()):
        section = html.partition('id="answers"')[2].partition("</section>")[0]
        seen |= {title for title in titles if f">{title}<" in section}
    assert seen == titles
    assert client.get(f"{essay.get_absolute_url()}?answers=x").status_code == 200
