import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Still

from films import forms
from films.images import inspect
from films.models import Country, Image, Theme
from reviews.models import Rating, Review, ReviewTheme, Viewing
from reviews.views import storing, writing
from tests.factories import bring_to, make_film, make_image, make_review, make_theme, make_user
from users.site_settings import SiteSettings

pytestmark = pytest.mark.django_db
WRITE = "/write/"


@pytest.fixture
def writer(client):
    user = make_user("mina")
    client.force_login(user)
    return user


def typed(film=None, **more):
    data = {"film": film.slug if film else "", "title": "A yellow bag", "body": "rain " * 450}
    data |= {"language": "en", "text_license": "CC-BY-4.0", "version": "1"}
    return data | more


def picture(color="navy", **credit):
    file = io.BytesIO()
    Still.new("RGB", (640, 360), color).save(file, "JPEG")
    given = {
        "title": "Window light",
        "creator_name": "Asahachi Kono",
        "license": "CC0-1.0",
        "source_url": "https://example.org/window",
        "alt_text": "A barred window.",
        "file": SimpleUploadedFile("window.jpg", file.getvalue(), "image/jpeg"),
    }
    return {f"picture-{name}": value for name, value in (given | credit).items()}


def errors_of(response):
    return re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a></li>', response.content.decode())


def form_key(client):
    return client.get(WRITE).context["form"]["form_key"].value()


# Who may


@pytest.mark.parametrize("address", ["/write/", "/desk/", "/write/1/", "/write/1/delete/"])
def test_visitors_are_sent_to_sign_in_and_come_back(client, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("name", ["edit", "delete", "publish", "unpublish", "undelete"])
@pytest.mark.parametrize("role", [None, "moderator"])
def test_nobody_but_the_author_finds_a_piece_to_change(client, name, role):
    piece = make_review()
    client.force_login(make_user(role=role))
    address = reverse(f"reviews:{name}", args=[piece.pk])
    assert client.post(address, typed(piece.film, publish="1")).status_code == 404
    piece.refresh_from_db()
    assert (piece.status, piece.version) == ("published", 1)


@pytest.mark.parametrize("name", ["publish", "unpublish", "undelete"])
def test_nothing_changes_by_looking(client, writer, name):
    piece = make_review(writer)
    assert client.get(reverse(f"reviews:{name}", args=[piece.pk])).status_code == 405


# From nothing to a published piece


def test_a_draft_becomes_an_essay_that_stands_on_its_film(client, writer):
    film = make_film("Stalker", 1979, countries=["KR"], themes=["family"])
    response = client.post(WRITE, typed(film, draft="1"))
    draft = Review.objects.get()
    assert response.url == reverse("reviews:edit", args=[draft.pk])
    assert draft.status == "draft"
    assert "A yellow bag" in client.get("/desk/").content.decode()
    response = client.post(
        response.url,
        typed(film, publish="1", rating="4.5", seen_year="2014", seen_month="2",
              themes=["family"], theme="rain, father and daughter"),
    )  # fmt: skip
    assert response.url == "/essays/a-yellow-bag/"
    draft.refresh_from_db()
    assert (draft.status, draft.kind) == ("published", "essay")
    film.refresh_from_db()
    writer.refresh_from_db()
    assert (film.essay_count, film.note_count, writer.essay_count) == (1, 0, 1)
    assert Country.objects.get(code="KR").essay_count == 1
    assert film.rating_sum == 9
    assert Viewing.objects.get(member=writer).date_text == "February 2014"
    wordings = ReviewTheme.objects.filter(content_object=draft).values_list("wording", flat=True)
    assert list(wordings) == ["family", "rain", "father and daughter"]
    assert {row.tag.name: row.agree_count for row in film.film_themes.select_related("tag")} == {
        "family": 1,
        "rain": 1,
        "father and daughter": 1,
    }
    listed = client.get(reverse("reviews:film_essays", args=[film.slug])).context["page"]
    assert [piece.pk for piece in listed] == [draft.pk]


@pytest.mark.parametrize(
    ("language", "body", "kind"),
    [
        ("en", "rain " * 399, "note"),
        ("en", "rain " * 400, "essay"),
        ("ko", "비" * 799, "note"),
        ("ko", "비" * 800, "essay"),
    ],
)
def test_length_settles_the_kind_at_first_publication(client, writer, language, body, kind):
    client.post(WRITE, typed(make_film(), body=body, language=language, publish="1"))
    piece = Review.objects.get()
    assert (piece.status, piece.kind) == ("published", kind)
    assert bool(piece.slug) is (kind == "essay")
    client.post(reverse("reviews:edit", args=[piece.pk]),
                typed(piece.film, body="word " * 450 if kind == "note" else "short"))  # fmt: skip
    piece.refresh_from_db()
    assert piece.kind == kind


def test_a_film_can_be_chosen_beforehand(client, writer):
    film = make_film("Stalker", 1979)
    response = client.get(f"{WRITE}?film={film.slug}")
    assert f'name="film" id="id_film" value="{film.slug}"' in response.content.decode()
    assert client.get(f"{WRITE}?film=unheard-of%00").status_code == 200


def test_looking_for_a_film_keeps_what_was_typed(client, writer):
    film = make_film("Stalker", 1979, directors=["Andrei Tarkovsky"])
    make_film("Solaris", 1972)
    key = form_key(client)
    for words in ("stalker", "tarkovsky"):
        response = client.post(
            WRITE, typed(view="film", q=words, rating="3.5", theme="rain", form_key=key)
        )
        assert response.status_code == 200
        html = response.content.decode()
        assert f'value="{film.slug}"' in html
        assert "Solaris" not in html
        assert 'value="A yellow bag"' in html
        assert "rain rain rain" in html
        assert re.search(r'value="3.5"[^>]*checked', html)
    assert Review.objects.get().status == "draft"


def test_candidates_alone_answer_the_script(client, writer):
    make_film("Stalker", 1979)
    response = client.post(WRITE, {"view": "film", "q": "stal"}, headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<div id="film-candidates">')
    assert "<bdi>Stalker</bdi>, 1979" in response.content.decode()


def test_a_missing_film_is_added_without_losing_the_text(client, writer):
    response = client.post(WRITE, typed(view="add", q="The Lake"))
    draft = Review.objects.get()
    assert draft.body.startswith("rain")
    assert response.url.startswith("/films/add/?")
    assert "title=The+Lake" in response.url
    assert f"then={draft.pk}" in response.url
    html = client.get(
        f"/write/{draft.pk}/?film={make_film('The Lake', 2020).slug}"
    ).content.decode()
    assert 'value="the-lake-2020"' in html
    assert "rain rain rain" in html


# Drafts


def test_two_windows_without_a_film_make_two_drafts(client, writer):
    keys = [form_key(client), form_key(client)]
    for key, body in zip(keys, ["first", "second"], strict=True):
        client.post(WRITE, typed(body=body, title="", form_key=key, draft="1"))
    assert sorted(Review.objects.values_list("body", flat=True)) == ["first", "second"]
    assert set(Review.objects.values_list("film", flat=True)) == {None}
    assert client.get("/desk/").content.decode().count("Without a title yet") >= 2


def test_an_empty_form_leaves_no_draft(client, writer):
    response = client.post(WRITE, typed(title="", body=" \n ", draft="1"))
    assert response.status_code == 422
    assert not Review.objects.exists()


def test_a_draft_may_lack_what_a_published_piece_needs(client, writer):
    client.post(WRITE, typed(title="", body=":::spoiler\nnot closed, " + "rain " * 450, draft="1"))
    assert Review.objects.get().status == "draft"


def test_the_form_sent_twice_makes_one_piece(client, writer):
    film = make_film()
    data = typed(film, form_key=form_key(client), publish="1", theme="rain")
    answers = [client.post(WRITE, data).url for _again in range(2)]
    assert answers == ["/essays/a-yellow-bag/"] * 2
    film.refresh_from_db()
    assert (Review.objects.count(), film.essay_count) == (1, 1)
    piece = Review.objects.get()
    assert (piece.version, piece.edited_at) == (1, None)
    client.post(WRITE, typed(film, form_key=form_key(client), title="Another", publish="1"))
    assert Review.objects.count() == 2


def test_a_form_that_arrives_while_its_twin_is_being_stored_makes_no_second_piece(
    client, writer, monkeypatch
):
    film = make_film()
    data = typed(film, form_key=form_key(client), publish="1")
    client.post(WRITE, data)
    seen, find = [], writing.begun_before

    def too_early(request):
        seen.append(request)
        return find(request) if len(seen) > 1 else None

    for room in (writing, storing):
        monkeypatch.setattr(room, "begun_before", too_early)
    assert client.post(WRITE, data).url == "/essays/a-yellow-bag/"
    film.refresh_from_db()
    assert (Review.objects.count(), film.essay_count, len(seen)) == (1, 1, 2)


@pytest.mark.parametrize("status", ["deleted", "removed"])
def test_a_form_sent_again_after_its_piece_is_gone_begins_another(client, writer, status):
    data = typed(make_film(), form_key=form_key(client), publish="1")
    client.post(WRITE, data)
    bring_to(Review.objects.get(), status)
    assert client.post(WRITE, data).status_code == 302
    assert sorted(Review.objects.values_list("status", flat=True)) == sorted([status, "published"])


def test_the_form_sent_twice_with_a_picture_keeps_one_picture(client, writer):
    film, key = make_film(), form_key(client)
    for _again in range(2):
        client.post(WRITE, typed(film, form_key=key, publish="1") | picture())
    assert (Review.objects.count(), Image.objects.count()) == (1, 1)
    assert Review.objects.get().hero.status == "published"


# Themes


def test_a_theme_of_several_words_is_one_and_saving_again_changes_nothing(client, writer):
    known = make_theme("father and daughter")
    film = make_film()
    client.post(WRITE, typed(film, theme="father and daughter", publish="1"))
    piece = Review.objects.get()
    assert [row.tag for row in piece.review_themes.all()] == [known]
    before = list(piece.review_themes.values())
    client.post(
        reverse("reviews:edit", args=[piece.pk]),
        typed(film, themes=["father and daughter"], publish="1"),
    )
    piece.refresh_from_db()
    assert list(piece.review_themes.values()) == before
    assert (piece.version, piece.edited_at) == (1, None)
    assert Theme.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("“rain”, 'snow'", ["rain", "snow"]),
        ("rain,, Rain , ", ["rain"]),
        ("비、눈", ["비", "눈"]),
        ("Queen's gambit", ["Queen's gambit"]),
    ],
)
def test_themes_are_parted_at_commas_and_lose_their_quotation_marks(client, writer, text, names):
    client.post(WRITE, typed(make_film(), theme=text, draft="1"))
    assert [row.wording for row in Review.objects.get().review_themes.all()] == names


def test_another_theme_joins_the_boxes_and_nothing_is_stored(client, writer):
    film = make_film(themes=["family"])
    response = client.post(WRITE, typed(film, view="theme", theme="rain", themes=["family"]))
    html = response.content.decode()
    for name in ("family", "rain"):
        assert re.search(rf'name="themes"[^>]*value="{name}"[^>]*checked', html)
    assert not Theme.objects.filter(name="rain").exists()


# What is wrong


def test_a_mistake_in_the_text_does_not_hide_that_the_title_is_missing(client, writer):
    body = "rain " * 450 + "\n\n![](https://example.org/x.jpg)\n"
    data = typed(make_film(), title="", body=body, publish="1")
    fields = {field for field, _ in errors_of(client.post(WRITE, data))}
    assert {"id_title", "id_body"} <= fields


def test_everything_comes_back_with_every_error_at_its_field(client, writer):
    response = client.post(
        WRITE,
        typed(title="", q="nothing known", publish="1", rating="4", seen_day="31",
              seen_month="2", seen_year="2014", themes=["family"], lead="A bag.")
        | picture(creator_name="", license="", alt_text=""),
    )  # fmt: skip
    assert response.status_code == 422
    html = response.content.decode()
    assert "<title>Error: " in html
    assert "Your text is safe. 6 things to put right:" in html
    assert dict(errors_of(response)).keys() == {
        "id_film",
        "id_title",
        "id_seen_day",
        "id_picture-creator_name",
        "id_picture-license",
        "id_picture-alt_text",
    }
    for anchor, _words in errors_of(response):
        assert f'id="{anchor}"' in html
    assert "rain rain rain" in html
    assert "A bag." in html
    assert re.search(r'value="4"[^>]*checked', html)
    assert re.search(r'value="family"[^>]*checked', html)
    assert "The file is kept." in html
    assert not Review.objects.published().exists()


def test_no_picture_is_drawn_where_none_was_sent(client, writer):
    assert "/preview/" not in client.get(WRITE).content.decode()


def test_a_key_that_no_address_has_is_no_picture(client, writer):
    sent = typed(make_film(), title="", publish="1") | {"picture-kept": "a/b", "picture-title": "A"}
    response = client.post(WRITE, sent)
    assert response.status_code == 422
    assert "The file is kept." not in response.content.decode()


def test_a_picture_that_was_right_is_not_asked_for_again(client, writer):
    film = make_film()
    response = client.post(WRITE, typed(film, title="", publish="1") | picture())
    kept = response.context["picture"]["kept"].value()
    key = response.context["form"]["form_key"].value()
    given = {k: v for k, v in picture().items() if k != "picture-file"}
    html = response.content.decode()
    assert f'src="{reverse("films:image_preview", args=[kept])}"' in html
    assert f"<bdi>{picture()['picture-file'].name}</bdi>" in html
    client.post(WRITE, typed(film, publish="1", form_key=key, **given) | {"picture-kept": kept})
    piece = Review.objects.get()
    assert piece.hero.key == kept
    assert piece.hero.status == "published"
    assert piece.hero.derivatives


@pytest.mark.parametrize("asked", [{"publish": "1"}, {"title": ""}, {"view": "preview"}])
def test_beyond_the_hours_pictures_nothing_is_decoded(client, writer, monkeypatch, asked):
    SiteSettings(pictures_an_hour=2).save()
    decoded = []
    monkeypatch.setattr(forms, "inspect", lambda file: decoded.append(1) or inspect(file))
    for n in range(4):
        color = f"#00{n}000"
        response = client.post(WRITE, typed(make_film(), **asked) | picture(color))
    assert "2 pictures an hour" in response.content.decode()
    assert "rain rain rain" in response.content.decode()
    assert len(decoded) == Image.objects.count() == 2


def test_beyond_the_hours_pictures_the_answer_says_when(client, writer):
    SiteSettings(pictures_an_hour=1).save()
    film = make_film()
    client.post(WRITE, typed(film, title="", publish="1") | picture())
    response = client.post(WRITE, typed(film, publish="1") | picture("teal"))
    assert response.status_code == 429
    assert response.headers["Retry-After"]


def test_a_picture_that_was_kept_counts_once(client, writer):
    SiteSettings(pictures_an_hour=1).save()
    film = make_film()
    response = client.post(WRITE, typed(film, title="", publish="1") | picture())
    kept = response.context["picture"]["kept"].value()
    key = response.context["form"]["form_key"].value()
    given = {k: v for k, v in picture().items() if k != "picture-file"} | {"picture-kept": kept}
    response = client.post(WRITE, typed(film, publish="1", form_key=key, **given))
    assert response.status_code == 302
    assert Review.objects.published().get().hero.key == kept


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "x" * 161}, "id_title"),
        ({"lead": "x" * 351}, "id_lead"),
        ({"body": "x" * 40_001}, "id_body"),
        ({"body": "rain\0 " * 450}, "id_body"),
        ({"title": "A\0 bag"}, "id_title"),
        ({"body": "![](https://example.org/a.jpg)"}, "id_body"),
        ({"body": "![](image:unheardof)"}, "id_body"),
        ({"body": ">!never closed"}, "id_body"),
        ({"body": ""}, "id_body"),
        ({"rating": "11"}, "id_rating_0"),
        ({"rating": "many"}, "id_rating_0"),
        ({"language": "xx-nothing"}, "id_language"),
        ({"text_license": "mine"}, "id_text_license"),
        ({"seen_day": "x"}, "id_seen_day"),
        ({"seen_month": "13"}, "id_seen_month"),
        ({"seen_year": "99999"}, "id_seen_year"),
        ({"seen_year": "3000"}, "id_seen_day"),
        ({"seen_day": "4", "seen_year": "2014"}, "id_seen_day"),
        ({"theme": "x" * 61}, "id_theme"),
        ({"theme": "!!!"}, "id_theme"),
        ({"theme": ",".join("abcdefghijklmn")}, "id_theme"),
        ({"film": "unheard-of"}, "id_film"),
        ({"film": "a\0b"}, "id_film"),
        ({"picture-file": SimpleUploadedFile("a.jpg", b"no picture")}, "id_picture-file"),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_published(client, writer, wrong, field):
    data = typed(make_film(), publish="1", lead="What was typed") | wrong
    response = client.post(WRITE, data)
    assert response.status_code == 422
    assert field in dict(errors_of(response))
    if "lead" not in wrong:
        assert "What was typed" in response.content.decode()
    assert not Review.objects.published().exists()
    assert not Theme.objects.exists()


def test_odd_versions_and_keys_do_no_harm(client, writer):
    film = make_film()
    for version, key in (("x", "\0"), ("", "short"), ("-1", "x" * 500), ("9" * 40, "é" * 20)):
        response = client.post(WRITE, typed(film, version=version, form_key=key, publish="1"))
        assert response.status_code in (302, 422)


def test_more_themes_than_a_member_may_add_to_a_film_is_said_at_the_field(client, writer):
    film = make_film()
    for n in range(12):
        film.add_theme(f"theme {n}", by=writer)
    response = client.post(WRITE, typed(film, theme="one more", publish="1"))
    assert response.status_code == 422
    assert "id_theme" in dict(errors_of(response))
    assert not Review.objects.published().exists()


# Pictures in the text


def test_figures_may_be_published_or_ones_own(client, writer):
    film = make_film()
    published, own = make_image(), make_image(writer, status="draft")
    foreign = make_image(status="draft")
    body = "\n\n".join(f"![](image:{image.key})" for image in (published, own)) + "\n\nrain"
    client.post(WRITE, typed(film, body=body, publish="1"))
    piece = Review.objects.get()
    assert {row.image for row in piece.review_images.all()} == {published, own}
    own.refresh_from_db()
    assert own.status == "published"
    response = client.post(WRITE, typed(film, body=f"![](image:{foreign.key})", publish="1"))
    assert "id_body" in dict(errors_of(response))


# Preview


def test_the_preview_is_the_real_rendering_and_publishes_nothing(client, writer):
    film = make_film("Stalker")
    response = client.post(
        WRITE,
        typed(film, view="preview", themes=["family"], theme="rain", rating="3",
              body=">> Somebody holds the pen.\n\nIt was >!him!<. " + "rain " * 450) | picture(),
    )  # fmt: skip
    html = response.content.decode()
    assert response.status_code == 200
    assert '<blockquote class="blackout">' in html
    assert 'class="veil"' in html
    assert "453 words" in html
    assert Review.objects.get().status == "draft"
    carried = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', html))
    assert carried["rating"] == "3"
    assert carried["themes"] == "family"
    assert carried["theme"] == "rain"
    assert carried["picture-kept"]
    assert carried["film"] == film.slug


# Editing


def test_editing_a_published_piece_keeps_it_published_and_dates_the_change(client, writer):
    piece = make_review(writer)
    client.post(reverse("reviews:edit", args=[piece.pk]),
                typed(piece.film, body="snow " * 450, publish="1"))  # fmt: skip
    piece.refresh_from_db()
    assert piece.status == "published"
    assert piece.html.startswith("<p>snow snow")
    assert piece.edited_at
    assert piece.version == 2
    piece.film.refresh_from_db()
    assert piece.film.essay_count == 1


def test_the_film_of_a_published_piece_does_not_change(client, writer):
    piece = make_review(writer)
    film = piece.film
    client.post(reverse("reviews:edit", args=[piece.pk]), typed(make_film(), publish="1"))
    piece.refresh_from_db()
    assert piece.film == film


def test_a_stale_save_is_refused_with_both_texts(client, writer):
    piece = make_review(writer, status="draft", body="first")
    address = reverse("reviews:edit", args=[piece.pk])
    client.post(address, typed(piece.film, body="from the other window", draft="1"))
    response = client.post(address, typed(piece.film, body="from this window", draft="1"))
    html = re.sub(r"</?mark>", "", response.content.decode())
    assert response.status_code == 409
    assert "from the other window" in html
    assert "from this window" in html
    piece.refresh_from_db()
    assert piece.body == "from the other window"
    client.post(address, typed(piece.film, body="from this window", version="2", draft="1"))
    piece.refresh_from_db()
    assert piece.body == "from this window"


def test_both_texts_can_be_kept(client, writer):
    piece = make_review(writer, status="draft", body="first")
    address = reverse("reviews:edit", args=[piece.pk])
    client.post(address, typed(piece.film, body="theirs", draft="1"))
    html = client.post(address, typed(piece.film, body="mine", draft="1")).content.decode()
    form = html.split(f'action="{WRITE}"')[-1]
    data = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form))
    client.post(WRITE, data | {"draft": "1"})
    assert sorted(Review.objects.values_list("body", flat=True)) == ["mine", "theirs"]


@pytest.mark.parametrize("status", ["held", "hidden"])
def test_what_staff_keep_back_may_be_edited_and_stays_back(client, writer, status):
    piece = make_review(writer, status=status)
    address = reverse("reviews:edit", args=[piece.pk])
    assert client.get(address).status_code == 200
    client.post(address, typed(piece.film, body="mended " * 450, publish="1"))
    piece.refresh_from_db()
    assert piece.status == status
    assert piece.body.startswith("mended")


def test_what_was_removed_is_not_edited(client, writer):
    piece = make_review(writer, status="removed")
    assert client.get(reverse("reviews:edit", args=[piece.pk])).status_code == 404


# Taking it down, and back


def test_a_deleted_piece_comes_back_within_14_days(client, writer):
    piece = make_review(writer)
    address = reverse("reviews:delete", args=[piece.pk])
    assert b"You have 14 days to bring it back" in client.get(address).content
    client.post(address)
    piece.refresh_from_db()
    writer.refresh_from_db()
    assert (piece.status, writer.essay_count) == ("deleted", 0)
    assert str(piece) in client.get("/desk/").content.decode()
    assert b"Bring it back" in client.get(piece.get_absolute_url()).content
    client.post(reverse("reviews:undelete", args=[piece.pk]))
    piece.refresh_from_db()
    writer.refresh_from_db()
    assert (piece.status, writer.essay_count) == ("published", 1)


def test_a_discarded_draft_is_read_and_brought_back_by_its_author_only(client, writer):
    draft = make_review(writer, status="draft")
    draft.delete_by_owner(by=writer)
    assert b"You deleted this" in client.get(draft.get_absolute_url()).content
    client.logout()
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_after_14_days_nothing_comes_back(client, writer, time_machine):
    piece = make_review(writer, status="deleted")
    time_machine.move_to(timezone.now() + timedelta(days=15))
    client.force_login(writer)
    assert client.post(reverse("reviews:undelete", args=[piece.pk])).status_code == 404
    assert str(piece) not in client.get("/desk/").content.decode()


def test_a_piece_taken_back_into_drafts_counts_no_more(client, writer):
    piece = make_review(writer)
    client.post(reverse("reviews:unpublish", args=[piece.pk]))
    piece.refresh_from_db()
    piece.film.refresh_from_db()
    assert (piece.status, piece.film.essay_count) == ("draft", 0)
    client.post(reverse("reviews:publish", args=[piece.pk]))
    piece.film.refresh_from_db()
    assert piece.film.essay_count == 1


def test_publishing_an_unfinished_draft_says_what_it_lacks(client, writer):
    draft = make_review(writer, status="draft", title="", words=450)
    response = client.post(reverse("reviews:publish", args=[draft.pk]), follow=True)
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert b"An essay needs a title." in response.content


def test_a_piece_held_before_anybody_read_it_counts_once_it_is_restored(writer):
    piece = make_review(writer, status="draft", rating=8)
    moderator = make_user(role="moderator")
    piece.hold(by=moderator, reason="Links.")
    assert not Rating.objects.exists()
    piece.restore(by=moderator, reason="They are fine.")
    assert Rating.objects.get().value == 8


def test_the_desk_says_how_far_a_draft_has_come(client, writer):
    make_review(author=writer, film=make_film(), words=41, status="draft", title="")
    page = client.get("/desk/").content.decode()
    assert "41 of 400 words" in page
    assert "Untitled" in page


def test_the_desk_shows_what_was_said_of_a_held_piece(client, writer):
    make_review(writer, status="held")
    make_review(status="held", title="Somebody else’s")
    html = client.get("/desk/").content.decode()
    assert "It names a neighbour." in html
    assert "Somebody else’s" not in html


def test_the_desk_costs_the_same_for_many_pieces(client, writer, django_assert_max_num_queries):
    def cost():
        client.get("/desk/")
        with django_assert_max_num_queries(16) as seen:
            client.get("/desk/")
        return len(seen)

    def add():
        for status in ("draft", "published", "held", "deleted"):
            make_review(writer, status=status, words=20)

    add()
    one = cost()
    for _again in range(9):
        add()
    assert cost() == one


def test_a_theme_too_long_when_it_is_written_out_is_said_at_the_field(client, writer):
    film = make_film()
    answer = client.post(WRITE, typed(film, theme="\ufdfa" * 60, publish="1"))
    assert answer.status_code == 422
    assert [field for field, _said in errors_of(answer)] == ["id_theme"]
    assert not Review.objects.published().exists()


def test_a_theme_hides_nothing_and_says_so(client, writer):
    page = client.post(WRITE, typed(make_film(), theme=">!he dies!<", publish="1"))
    assert [field for field, _said in errors_of(page)] == ["id_theme"]
    assert not Theme.objects.filter(name__contains="he dies").exists()


def test_a_picture_that_somebody_else_has_not_shown_yet_is_drawn_in_no_text(client, writer):
    secret = make_image(status="draft", title="Not yet")
    body = f"rain\n\n![A street](image:{secret.key})\n\nrain"
    key = {"form_key": form_key(client)}
    seen = client.post(WRITE, typed(make_film(), body=body, title="", view="preview", **key))
    assert seen.status_code == 200
    assert "Not yet" not in seen.content.decode()
    client.post(WRITE, typed(make_film(), body=body, title="", view="draft", **key))
    assert not Review.objects.get().images.exists()


@pytest.mark.parametrize("name", ["title", "lead"])
@pytest.mark.parametrize(
    "words", ["On >!his death!<", "So :::spoiler he dies", "::: Spoiler he dies"]
)
def test_a_title_and_a_lead_hide_nothing_and_say_so(client, writer, name, words):
    film = make_film()
    page = client.post(WRITE, typed(film, publish="1", **{name: words}))
    assert page.status_code == 422
    assert (
        f"id_{name}",
        "Nothing can be hidden here: it stands in lists. Leave the spoiler out.",
    ) in [(where, said) for where, said in errors_of(page)]
    assert "his death" in page.content.decode() or "he dies" in page.content.decode()
    kept = Review.objects.get()
    assert (kept.status, getattr(kept, name)) == ("draft", words)
