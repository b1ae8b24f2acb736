import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from films.models import Theme
from reviews.models import Comment, Review, Viewing
from tests.factories import make_comment, make_film, make_image, make_review, make_theme, make_user
from users.models import Rule

pytestmark = pytest.mark.django_db
LONG = "The rain had a name in our street. " * 60


@pytest.fixture
def reader(client):
    user = make_user("reader")
    client.force_login(user)
    return user


def page(client, row, status=200):
    response = client.get(row.get_absolute_url())
    assert response.status_code == status
    return response.content.decode()


def test_an_essay_page_carries_no_cookie_and_no_form_for_a_visitor(client):
    response = client.get(make_review().get_absolute_url())
    assert response.status_code == 200
    assert not response.cookies
    assert b"csrfmiddlewaretoken" not in response.content
    assert b"Sign in to reply" in response.content


def test_an_essay_says_who_wrote_how_long_on_what_and_when_it_was_seen(client):
    piece = make_review(
        make_user("mina", display_name="Mina Baek"),
        make_film("Stalker", 1979),
        words=700,
        seen_on="2014-01-01",
        seen_precision="year",
        rating=9,
    )
    html = page(client, piece)
    assert "<bdi>Mina Baek</bdi>" in html
    assert "4 minutes, 700 words" in html
    assert "Seen 2014" in html
    assert "4.5 out of 5 stars" in html
    assert "<cite>Stalker</cite>" in html


def test_texts_in_another_language_say_so_with_their_direction(client):
    piece = make_review(
        title="الحكاية", lead="حكاية واحدة", language="ar", body="شاهدت الفيلم مرتين ثم عدت. " * 120
    )
    html = page(client, piece)
    assert '<h1 lang="ar" dir="rtl">' in html
    assert '<p class="dek" lang="ar" dir="rtl">' in html
    assert '<div class="prose" id="text" lang="ar" dir="rtl">' in html


def test_a_contents_list_stands_beside_long_essays_only(client):
    heading = "\n\n## The glass\n\n"
    long = make_review(body=f"{heading}{'word ' * 1501}")
    short = make_review(body=f"{heading}{'word ' * 900}")
    assert 'class="contents"' in page(client, long)
    assert re.search(r'<a href="#(r\d+-[\w-]*)">The glass</a>', page(client, long))
    assert 'class="contents"' not in page(client, short)


def test_a_whole_text_spoiler_lies_behind_a_notice_that_needs_no_script(client):
    piece = make_review(film=make_film("Secret Sunshine"), is_spoiler=True, body=LONG)
    html = page(client, piece)
    assert '<details class="spoiler whole" id="text">' in html
    assert "This essay tells how <cite>Secret Sunshine</cite> ends." in html


def test_a_text_that_tells_the_ending_opens_for_those_who_asked_for_it(client, reader):
    piece = make_review(is_spoiler=True, body=LONG)
    reader.spoilers = "seen"
    reader.save()
    assert " open>" not in page(client, piece)
    Viewing.objects.see(piece.film, by=reader)
    assert '<details class="spoiler whole" id="text" open>' in page(client, piece)


MARKED = (
    "It rains. >!He dies.!< Then:\n\n:::spoiler\nShe >!stays!<.[^1]\n:::\n\n[^1]: On the roof.\n\n"
)


def states(html):
    """Of the marks in the main part of a page: {open or closed}"""
    main = html.split("<main")[1]
    veils = re.findall(r'<label class="veil"><input type="checkbox"( checked="")?', main)
    blocks = re.findall(r'<details class="spoiler"( open="")?>', main)
    return {"open" if is_open else "closed" for is_open in (*veils, *blocks)}


@pytest.mark.parametrize("words", [450, 40])
def test_marks_lie_open_for_those_who_asked_for_it(client, reader, words):
    piece = make_review(body=MARKED + "rain " * words, words=words)
    make_comment(piece, body="Yes. >!He does.!<\n\n:::spoiler\nAnd she.\n:::")
    for choice, is_seen, expected in (
        ("ask", False, "closed"),
        ("seen", False, "closed"),
        ("seen", True, "open"),
        ("ask", True, "closed"),
        ("open", False, "open"),
    ):
        Viewing.objects.forget(piece.film, by=reader)
        if is_seen:
            Viewing.objects.see(piece.film, by=reader)
        reader.spoilers = choice
        reader.save()
        assert states(page(client, piece)) == {expected}, (choice, is_seen)
    assert page(client, piece).count('checked=""') == 3
    client.logout()
    assert states(page(client, piece)) == {"closed"}


def test_a_film_left_before_its_end_is_not_seen(client, reader):
    piece = make_review(body=MARKED + LONG)
    reader.spoilers = "seen"
    reader.save()
    Viewing.objects.see(piece.film, by=reader, is_unfinished=True)
    assert states(page(client, piece)) == {"closed"}


def test_a_mark_typed_as_html_opens_nothing(client, reader):
    reader.spoilers = "open"
    reader.save()
    typed = '<details class="spoiler"><label class="veil"><input type="checkbox" id="x">'
    html = page(client, make_review(body=f"{typed} `{typed}`\n\n{LONG}"))
    assert states(html) == set()
    assert "&lt;details class" in html


def test_the_way_through_an_essay_that_tells_the_ending_shows_once_it_is_open(client, reader):
    body = f"## He dies\n\n{'word ' * 1501}"
    piece = make_review(body=body, is_spoiler=True)
    assert 'class="contents"' not in page(client, piece)
    reader.spoilers = "open"
    reader.save()
    assert 'class="contents"' in page(client, piece)
    client.force_login(piece.author)
    assert 'class="contents"' in page(client, piece)


def test_the_notice_offers_what_may_be_done_about_it(client, reader):
    film = make_film()
    piece = make_review(film=film, is_spoiler=True, body=LONG)
    other = make_review(film=film, title="Not a word of it")
    html = page(client, piece)
    assert "I have seen the film" in html
    assert 'name="keep" value="yes" aria-pressed="false"' in html
    assert "You asked to be asked each time." in html
    assert 'href="/settings/#reading">change this</a>' in html
    assert html.index("On this film, without the ending") < html.index(other.title)
    assert "On the same film" not in html
    address = reverse("reviews:keep", args=[film.slug])
    back = client.post(address, {"keep": "yes", "next": piece.get_absolute_url()})
    assert back["Location"] == piece.get_absolute_url()
    assert 'name="keep" value="no" aria-pressed="true"' in page(client, piece)
    client.post(reverse("reviews:see", args=[film.slug]), {"seen": "yes"})
    html = page(client, piece)
    assert "I have seen the film" not in html
    assert "You have seen the film, and asked to be asked each time." in html
    reader.spoilers = "seen"
    reader.save()
    html = page(client, piece)
    assert "seen-it" not in html
    assert "On the same film" in html


def test_the_notice_of_a_reader_who_waits_for_the_film_says_so(client, reader):
    reader.spoilers = "seen"
    reader.save()
    html = page(client, make_review(is_spoiler=True, body=LONG))
    assert "You asked for spoilers to open once you have seen the film" in html


def test_a_visitor_is_offered_nothing_to_press_and_a_withdrawn_film_nothing_to_say(client):
    piece = make_review(is_spoiler=True, body=LONG)
    assert "seen-it" not in page(client, piece)
    client.force_login(make_user())
    assert "seen-it" in page(client, piece)
    piece.film.hide(by=make_user(role="moderator"), reason="x")
    assert "seen-it" not in page(client, piece)


def test_of_a_text_that_tells_the_ending_no_safe_text_is_stored():
    piece = make_review(body=LONG)
    assert piece.safe_text
    piece.label(by=make_user(role="moderator"), reason="It tells it.")
    piece.refresh_from_db()
    assert (piece.safe_text, piece.dek) == ("", "")
    piece.is_spoiler = False
    piece.render()
    assert piece.safe_text
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=piece.pk).update(safe_text="He dies.")


def test_no_spoiler_stands_in_the_title_or_the_description(client):
    body = f":::spoiler\nCANARY one\n:::\n\nA safe sentence. {LONG}"
    for piece in (make_review(body=body, title="On a hat"), make_review(body="CANARY " * 450, is_spoiler=True),
                  make_review(body="Short >!CANARY!< note.")):  # fmt: skip
        head = page(client, piece).split("</head>")[0]
        assert "CANARY" not in head
        assert re.search(r'<meta name="description" content="[^"]{5,}"', head)


def test_the_description_of_a_text_without_a_safe_line_names_film_and_author(client):
    author = make_user(display_name="Mina Baek")
    piece = make_review(author, make_film("Stalker"), body=LONG, is_spoiler=True)
    assert 'content="Mina Baek on Stalker"' in page(client, piece)


def test_figures_are_drawn_when_read_with_their_credit(client):
    image = make_image(title="Balloon over a wall", derivatives=[
        {"format": f, "width": 480, "height": 270, "name": f"images/a.{f}", "bytes": 1} for f in ("webp", "jpeg")
    ])  # fmt: skip
    author = make_user()
    piece = make_review(author, body=f"{LONG}\n\n![](image:{image.key})\n", status="draft")
    piece.store(themes=[], hero=image, image_keys=[image.key], version=1, publish=True)
    html = page(client, piece)
    assert html.count("<bdi>Balloon over a wall") == 2
    image.remove(by=make_user(role="moderator"), reason="No licence.")
    html = page(client, piece)
    assert "A picture was taken down." in html
    assert "No licence." in html


def test_a_hero_that_is_too_small_for_the_whole_width_stands_in_a_frame(client):
    for width, is_bleed in ((1600, True), (1279, False)):
        piece = make_review(status="draft")
        piece.store(themes=[], hero=make_image(width=width, height=700), image_keys=[], version=1,
                    publish=True)  # fmt: skip
        assert ('class="hero frame"' in page(client, piece)) is is_bleed


def test_pieces_of_one_author_on_one_film_are_tabs_of_one_thread(client):
    author, film = make_user(), make_film()
    first = make_review(author, film, seen_on="2014-05-01", seen_precision="month")
    again = make_review(author, film, seen_on="2026-01-01", seen_precision="year")
    html = page(client, again)
    assert "First seen, 2014" in html
    assert f'href="{again.get_absolute_url()}" aria-current="page">Again, 2026' in html
    assert 'class="again' in page(client, first)
    assert 'class="again' not in page(client, make_review())


def test_the_licence_of_the_text_is_linked(client):
    html = page(client, make_review(text_license="CC-BY-SA-4.0"))
    assert 'href="https://creativecommons.org/licenses/by-sa/4.0/" rel="license' in html


@pytest.mark.parametrize("words", [450, 40])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("published", {"visitor": 200, "member": 200, "author": 200, "moderator": 200}),
        ("held", {"visitor": 404, "member": 404, "author": 200, "moderator": 200}),
        ("hidden", {"visitor": 404, "member": 404, "author": 200, "moderator": 200}),
        ("removed", {"visitor": 410, "member": 410, "author": 200, "moderator": 200}),
        ("deleted", {"visitor": 410, "member": 410, "author": 200, "moderator": 410}),
    ],
)
def test_who_may_read_a_piece_in_which_status(client, status, expected, words):
    piece = make_review(words=words, status=status)
    viewers = {
        "visitor": None,
        "member": make_user(),
        "author": piece.author,
        "moderator": make_user(role="moderator"),
    }
    for viewer, code in expected.items():
        client.logout()
        if viewers[viewer]:
            client.force_login(viewers[viewer])
        assert client.get(piece.get_absolute_url()).status_code == code, viewer


@pytest.mark.parametrize("words", [450, 40])
def test_a_draft_is_private_even_after_it_was_published_once(client, words):
    piece = make_review(words=words)
    address = piece.get_absolute_url()
    piece.unpublish(by=piece.author)
    assert client.get(address).status_code == 404
    client.force_login(make_user(role="moderator"))
    assert client.get(address).status_code == 404
    client.force_login(piece.author)
    assert b"Only you can see this." in client.get(address).content


def test_the_author_of_a_hidden_piece_reads_why_above_it(client):
    piece = make_review(status="published")
    rule, _ = Rule.objects.get_or_create(number=6, defaults={"title": "Privacy", "text": "x"})
    piece.hide(by=make_user(role="moderator"), reason="It names a street.", rule=rule)
    client.force_login(piece.author)
    html = page(client, piece)
    assert "Hidden for now." in html
    assert "It names a street." in html
    assert "under rule 6" in html


def test_comments_of_a_piece_that_is_not_published_are_not_reachable(client):
    piece = make_review()
    comment = make_comment(piece, body="SECRET answer")
    piece.hide(by=make_user(role="moderator"), reason="x")
    client.force_login(piece.author)
    assert "SECRET" not in page(client, piece)
    client.force_login(comment.author)
    assert client.get(reverse("reviews:comment_edit", args=[comment.pk])).status_code == 404
    assert (
        client.post(reverse("reviews:comment_add", args=[piece.pk]), {"body": "x"}).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("hidden", "Hidden for now by a moderator."),
        ("removed", "Removed by a moderator."),
        ("deleted", "Deleted by its author."),
    ],
)
def test_a_comment_that_is_gone_leaves_a_stub_and_its_replies(client, status, words):
    piece = make_review()
    author = make_user(display_name="Quite Nobody")
    comment = make_comment(piece, author, body="SECRET", status=status)
    make_comment(piece, body="I disagree.", parent=comment)
    html = page(client, piece)
    assert words in html
    assert "SECRET" not in html
    assert "Quite Nobody" not in html
    assert "I disagree." in html


def test_counts_of_comments_never_fall_twice(client):
    moderator, piece = make_user(role="moderator"), make_review()

    def count():
        piece.refresh_from_db()
        return piece.comment_count

    one, two = make_comment(piece), make_comment(piece)
    assert count() == 2
    one.delete_by_owner(by=one.author)
    one.remove(by=moderator, reason="x")
    two.remove(by=moderator, reason="x")
    two.delete_by_owner(by=two.author)
    assert count() == 0
    one.restore(by=moderator, reason="x")
    two.restore(by=moderator, reason="x")
    assert count() == 0
    assert {c.status for c in Comment.objects.filter(review=piece)} == {"deleted"}
    assert "So did mine." not in page(client, piece)


@pytest.mark.parametrize("is_member", [False, True])
def test_an_essay_costs_the_same_queries_with_3_comments_and_with_30(
    client, django_assert_max_num_queries, is_member
):
    film, author = make_film(themes=["family"]), make_user()
    piece = make_review(author, film, themes=["family", "rain"])
    make_review(author, film)
    make_review(film=film)
    make_review(author)
    if is_member:
        client.force_login(make_user())

    def cost():
        client.get(piece.get_absolute_url())
        with django_assert_max_num_queries(16 if is_member else 12) as seen:
            client.get(piece.get_absolute_url())
        return len(seen)

    add_comments(piece, 3)
    few = cost()
    add_comments(piece, 27)
    assert cost() == few


def add_comments(piece, number):
    for n in range(number):
        comment = make_comment(piece, status=("published", "removed", "deleted")[n % 3])
        if n % 2:
            make_comment(piece, parent=comment)


def test_the_index_of_essays_filters_by_language_theme_and_country(client):
    theme = make_theme("rain")
    korean = make_review(film=make_film(countries=["KR"]), language="ko", title="귤",
                         body="저도 아버지와 함께 봤습니다. " * 100)  # fmt: skip
    english = make_review(film=make_film(countries=["IR"]), title="Tangerine", themes=["rain"])
    make_review(words=40)
    address = reverse("reviews:essays")

    def titles(query=""):
        response = client.get(address + query)
        assert response.status_code == 200
        return {piece.pk for piece in response.context["page"]}

    assert titles() == {korean.pk, english.pk}
    assert titles("?language=ko") == {korean.pk}
    assert titles(f"?theme={theme.slug}") == {english.pk}
    assert titles(f"?country={english.film.countries.get().slug}") == {english.pk}
    assert titles("?theme=unheard-of") == {korean.pk, english.pk}
    assert "unheard-of" in client.get(address + "?theme=unheard-of").content.decode()
    assert titles("?after=nonsense") == {korean.pk, english.pk}


def test_the_lists_of_a_film_hold_essays_and_notes_apart(client):
    film = make_film()
    essay, note = make_review(film=film), make_review(film=film, words=30)
    make_review(film=film, status="hidden")
    for name, only in (("film_essays", essay), ("film_notes", note)):
        response = client.get(reverse(f"reviews:{name}", args=[film.slug]))
        assert [piece.pk for piece in response.context["page"]] == [only.pk]
    assert client.get(reverse("reviews:film_notes", args=["no-such-film"])).status_code == 404


def test_all_notes_about_a_theme_are_paged_and_without_what_nobody_may_read(client, monkeypatch):
    monkeypatch.setattr("reviews.filters.PAGE_SIZE", 2)
    film = make_film()
    about = {"film": film, "themes": ["mercy"]}
    notes = [make_review(title=f"Note {n}", words=30, **about) for n in range(3)]
    make_review(title="An essay", **about)
    make_review(words=30, status="hidden", **about)
    make_review(words=30, status="draft", **about)
    make_review(words=30, film=film, themes=["rain"])
    address = reverse("reviews:theme_notes", args=["mercy"])
    first = client.get(address)
    assert [piece.pk for piece in first.context["page"]] == [notes[2].pk, notes[1].pk]
    following = client.get(address, {"after": first.context["page"].next})
    assert [piece.pk for piece in following.context["page"]] == [notes[0].pk]
    assert "Notes 3 to 3" in following.content.decode()
    lost = client.get(address, {"after": "nonsense"})
    assert lost.context["is_lost"]
    assert b"noindex" in lost.content
    assert client.get(address, {"theme": "x"}).headers["Location"] == address
    for page in (reverse("films:theme", args=["mercy"]), "/essays/?theme=mercy"):
        assert f'href="{address}"' in client.get(page).content.decode()


def test_a_label_leads_to_the_notes_about_its_theme(client):
    make_review(film=make_film(), themes=["mercy"], words=30)
    theme = Theme.objects.get()
    theme.labels.create(text="자비", language="ko")
    moved = client.get("/themes/자비/notes/")
    assert moved.status_code == 301
    assert moved.headers["Location"] == reverse("reviews:theme_notes", args=[theme.slug])
    assert client.get("/themes/unheard-of/notes/").status_code == 404


def test_a_theme_to_choose_begins_as_its_chip_does(client):
    make_review(film=make_film(themes=["family"]))
    page = client.get("/essays/").content.decode()
    assert re.search(r'<option value="family"[^>]*>Family</option>', page)


def test_an_essay_without_a_lead_keeps_its_byline_off_its_title(client):
    bare, led = make_review(lead=""), make_review(lead="In short.")
    assert '<h1 class="mb-3"' in client.get(bare.get_absolute_url()).content.decode()
    page = client.get(led.get_absolute_url()).content.decode()
    assert '<h1 class="mb-3"' not in page
    assert re.search(r'<span class="nowrap">[^<]*minute', page)
