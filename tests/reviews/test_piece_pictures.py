"""Pictures that come in for a piece: at its head, in its text, and stills that it quotes."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from films.models import Image, PermissionProof
from reviews.models import LeftText, Quotation, WorkingCopy
from reviews.shelves import PieceShelf, with_line
from tests.factories import make_film, make_image, make_review, make_user
from tests.films.test_pictures import picture_file
from tests.films.test_uploads import WHOLE, begun_twice, record

pytestmark = pytest.mark.django_db

PASSAGE = "The balloon hangs over the wall, and nobody in the frame looks up at it."
BODY = f"{'rain ' * 420}\n\nThen **it comes**. {PASSAGE} I did.\n\nAnd after that, the end."
QUOTED = {"basis": "quotation", "passage": PASSAGE, "source_url": "", "license": "",
          "title": "", "creator_name": ""}  # fmt: skip


@pytest.fixture(autouse=True)
def own_media(media_folder):
    return media_folder


@pytest.fixture
def author(client):
    user = make_user("ada", display_name="Ada Moon")
    client.force_login(user)
    return user


@pytest.fixture
def film():
    return make_film("Hope", 2013, directors=["Lee Joon-ik"])


@pytest.fixture
def draft(author, film):
    return make_review(author, film, status="draft", body=BODY)


def address(review):
    return f"/write/{review.pk}/pictures/"


def bring(client, review, size=(1600, 900), **fields):
    """A picture that has come in for the piece, with its record."""
    client.post(address(review), {"files": [picture_file(size)]})
    image = Image.objects.latest("pk")
    return image, client.post(address(review), record(image, **fields) | {"ready": "1"})


def text(response):
    return response.content.decode()


def quoted(client, review):
    image, response = bring(client, review, **QUOTED)
    assert response.status_code == 302
    return image


def rewrite(client, review, **fields):
    review.refresh_from_db()
    typed = {"film": review.film.slug, "title": review.title, "body": review.body,
             "language": "en", "text_license": "CC0-1.0", "version": review.version,
             "publish": "1"}  # fmt: skip
    assert client.post(f"/write/{review.pk}/", typed | fields).status_code == 302
    review.refresh_from_db()


def test_a_figure_comes_into_the_text_of_a_draft_and_appears_with_it(client, draft):
    image, response = bring(client, draft)
    assert response.headers["Location"] == f"/write/{draft.pk}/"
    draft.refresh_from_db()
    assert draft.body.endswith(f"the end.\n\n![](image:{image.key})\n")
    image.refresh_from_db()
    assert image.status == "draft"
    client.logout()
    assert client.get(image.get_absolute_url()).status_code == 404
    draft.publish(by=draft.author)
    image.refresh_from_db()
    assert image.is_published
    assert WHOLE["alt_text"] in text(client.get(draft.get_absolute_url()))


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_page_that_is_sent_twice_puts_one_line_into_the_text(client, author, film, status):
    piece = make_review(author, film, status=status, body=BODY)
    client.post(address(piece), {"files": [picture_file()]})
    image = Image.objects.get()
    for one in begun_twice(author, lambda: PieceShelf(piece), image):
        one.complete()
        assert not one.rows
    piece.refresh_from_db()
    body = piece.body if status == "draft" else WorkingCopy.objects.get().fields["body"]
    assert body.count(image.key) == 1


def test_a_picture_for_the_head_stands_there(client, draft):
    image, _response = bring(client, draft, place="head")
    assert draft.review_images.get().image == image
    assert draft.review_images.get().role == "hero"
    draft.refresh_from_db()
    assert draft.body == BODY


def test_one_picture_fits_at_the_head(client, draft):
    client.post(address(draft), {"files": [picture_file(), picture_file((900, 600))]})
    one, two = Image.objects.order_by("pk")
    data = record(one, place="head") | record(two, place="head") | {"row": [one.key, two.key]}
    response = client.post(address(draft), data | {"ready": "1"})
    assert response.status_code == 422
    assert "Another of these goes to the head already" in text(response)
    assert draft.review_images.get().image == one
    page = text(client.get(f"{address(draft)}?row={two.key}"))
    assert "“Street at dusk” stands at the head now" in page
    client.post(address(draft), record(two, place="head") | {"ready": "1"})
    assert draft.review_images.get().image == two


def test_of_a_piece_that_readers_see_only_what_is_kept_beside_it_changes(client, author, film):
    piece = make_review(author, film, body=BODY)
    image, response = bring(client, piece)
    assert response.headers["Location"] == f"/write/{piece.pk}/?changes=1"
    piece.refresh_from_db()
    assert piece.body == BODY
    assert f"image:{image.key}" in WorkingCopy.objects.get(review=piece).fields["body"]
    second, _response = bring(client, piece, (640, 480))
    body = WorkingCopy.objects.get(review=piece).fields["body"]
    assert f"image:{image.key}" in body
    assert f"image:{second.key}" in body


def test_a_still_is_quoted_below_its_passage(client, draft):
    image = quoted(client, draft)
    draft.refresh_from_db()
    assert f"{PASSAGE} I did.\n\n![](image:{image.key})\n\nAnd after that" in draft.body
    image.refresh_from_db()
    assert image.title == f"Still from {draft.film.title}"
    assert image.creator_name == "Lee Joon-ik"
    assert image.license.name == "Quotation"
    assert image.changes == "scaled to 800 pixels"
    assert not image.can_fill_the_screen


def test_no_file_of_a_still_is_larger_than_800_pixels(client, draft, own_media):
    image = quoted(client, draft)
    image.refresh_from_db()
    sizes = [Pillow.open(own_media / file["name"]).size for file in image.derivatives]
    assert max(max(size) for size in sizes) == 800


@pytest.mark.parametrize("size", [(900, 1600), (400, 300)])
def test_whichever_side_is_longer(client, draft, size):
    image, _response = bring(client, draft, size, **QUOTED)
    image.refresh_from_db()
    assert max(max(f["width"], f["height"]) for f in image.derivatives) == min(800, max(size))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"passage": ""}, "Copy the passage of your text"),
        ({"passage": "Words that stand nowhere in what was written here."}, "are not in the text"),
        ({"place": "head"}, "stands in the text, at its passage"),
    ],
)
def test_a_still_without_its_passage_is_refused(client, draft, fields, said):
    image, response = bring(client, draft, **QUOTED | fields)
    assert response.status_code == 422
    assert said in text(response)
    image.refresh_from_db()
    assert image.title == ""
    assert not Quotation.objects.exists()


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({"passage": "", "alt_text": ""}, ["passage", "alt_text"]),
        (
            {"basis": "source", "alt_text": ""},
            ["title", "creator_name", "license", "source_url", "alt_text"],
        ),
    ],
)
def test_what_is_wrong_is_listed_as_the_form_goes_on(client, draft, fields, order):
    image, response = bring(client, draft, **QUOTED | fields)
    linked = re.findall(rf'<li><a href="#id_{image.key}-(\w+)"', text(response))
    assert linked == order


def test_a_text_without_a_film_quotes_none(client, author):
    draft = make_review(author, status="draft", body=BODY)
    type(draft).objects.filter(pk=draft.pk).update(film=None)
    _image, response = bring(client, draft, **QUOTED)
    assert "which film the text is on" in text(response)


def test_a_still_is_no_way_in_for_pictures_of_films(client, author, film):
    assert 'value="quotation"' not in text(
        client.post(f"/images/add/?film={film.slug}", {"files": [picture_file()]})
    )


def test_a_still_goes_when_its_passage_goes_and_comes_back_with_it(
    client, draft, own_media, django_capture_on_commit_callbacks
):
    image = quoted(client, draft)
    draft.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        draft.publish(by=draft.author)
    image.refresh_from_db()
    assert image.is_published
    assert image.are_in("images")
    whole = draft.body = type(draft).objects.get(pk=draft.pk).body
    names = [file["name"] for file in image.derivatives]
    with django_capture_on_commit_callbacks(execute=True):
        rewrite(client, draft, body=whole.replace(PASSAGE, "It was a long night."))
    page = text(client.get(draft.get_absolute_url()))
    assert "its passage is not in the text" in page
    assert "It comes back with the passage" in text(client.get(image.get_absolute_url()))
    image.refresh_from_db()
    assert image.status == "draft"
    assert image.are_in("unseen")
    assert not any((own_media / name).exists() for name in names)
    assert list(Quotation.objects.lost()) == [image.quotation]
    client.logout()
    assert image.key not in text(client.get(draft.get_absolute_url()))
    assert client.get(image.get_absolute_url()).status_code == 404
    client.force_login(draft.author)
    with django_capture_on_commit_callbacks(execute=True):
        rewrite(client, draft, body=whole)
    image.refresh_from_db()
    assert image.is_published
    assert image.are_in("images")
    assert all((own_media / file["name"]).exists() for file in image.derivatives)


def test_a_passage_is_found_again_after_an_edit(client, draft):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    changed = PASSAGE.replace("hangs over", "*floats* above").replace("nobody", "no one")
    rewrite(client, draft, body=type(draft).objects.get(pk=draft.pk).body.replace(PASSAGE, changed))
    image.refresh_from_db()
    assert image.is_published
    assert image.quotation.is_found


def test_a_still_goes_when_it_is_taken_out_of_the_text(client, draft):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    line = f"![](image:{image.key})"
    rewrite(client, draft, body=type(draft).objects.get(pk=draft.pk).body.replace(line, ""))
    image.refresh_from_db()
    assert image.status == "draft"


def test_a_still_is_seen_no_longer_than_its_text(client, draft):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    moderator = make_user(role="moderator")
    for verb, seen in (("hide", False), ("restore", True), ("remove", False)):
        getattr(draft, verb)(by=moderator, reason="It is being looked at.")
        image.refresh_from_db()
        assert image.is_published is seen


def test_a_still_goes_when_staff_hide_its_passage(client, draft):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    moderator = make_user(role="moderator")
    draft.hide_passage(by=moderator, passage=PASSAGE, reason="It names a neighbour.")
    image.refresh_from_db()
    assert image.status == "draft"
    hidden = draft.hidden_passages.get()
    draft.show_passage(hidden, by=moderator, reason="It does not.")
    image.refresh_from_db()
    assert image.is_published


def test_what_staff_took_down_does_not_come_back_with_its_passage(client, draft):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    image.refresh_from_db()
    image.hide(by=make_user(role="moderator"), reason="A whole sequence of stills.")
    draft.unpublish(by=draft.author)
    draft.publish(by=draft.author)
    image.refresh_from_db()
    assert image.status == "hidden"


def test_nobody_else_can_put_the_still_into_a_text(client, draft, film):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    line = f"\n\n![](image:{image.key})"
    for writer in (make_user("ben"), draft.author):
        client.force_login(writer)
        typed = {"film": film.slug, "body": f"Short. {line}", "language": "en",
                 "text_license": "CC0-1.0", "publish": "1"}  # fmt: skip
        response = client.post("/write/", typed)
        assert response.status_code == 422
        assert "There is no picture" in text(response)


def test_staff_have_a_list_of_what_is_quoted(client, draft, film):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    client.force_login(make_user("mod", role="moderator"))
    listing = text(client.get("/admin/reviews/quotation/"))
    image.refresh_from_db()
    assert image.title in listing
    assert str(film) in listing
    own = text(client.get(f"/admin/reviews/quotation/{image.quotation.pk}/change/"))
    assert PASSAGE in own
    lost = client.get("/admin/reviews/quotation/?is_found__exact=0")
    assert image.title not in text(lost)


def test_staff_see_no_still_or_proof_that_nobody_saw_yet(client, author, film):
    piece = make_review(author, film, body=BODY)
    image, _response = bring(client, piece, **QUOTED)
    given = {"basis": "permission", "source_url": "", "license": "", "title": "A letter",
             "permission": "By letter.", "proof": "From 12 Elm Road."}  # fmt: skip
    bring(client, piece, (640, 480), **given)
    proof = PermissionProof.objects.get()
    client.force_login(make_user("mod", role="moderator"))
    assert "Still from" not in text(client.get("/admin/reviews/quotation/"))
    assert "A letter" not in text(client.get("/admin/films/permissionproof/"))
    for page in (f"reviews/quotation/{image.quotation.pk}", f"films/permissionproof/{proof.pk}"):
        own = client.get(f"/admin/{page}/change/", follow=True)
        assert PASSAGE not in text(own)
        assert "Elm Road" not in text(own)


def test_staff_see_which_stills_have_lost_their_passage(client, draft):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    rewrite(client, draft, body="Nothing of it. " * 300)
    client.force_login(make_user("mod", role="moderator"))
    image.refresh_from_db()
    assert image.title in text(client.get("/admin/reviews/quotation/?is_found__exact=0"))


def test_a_draft_that_quotes_its_film_keeps_to_it(client, draft):
    film, image = draft.film, quoted(client, draft)
    page = text(client.get(f"/write/{draft.pk}/"))
    assert "Another film" not in page
    assert "quotes stills of this film" in page
    rewrite(client, draft, film=make_film("Other", 2001).slug)
    image.refresh_from_db()
    assert (draft.film, draft.is_published, image.is_published) == (film, True, True)


@pytest.mark.parametrize("closes", [True, False])
def test_a_still_that_staff_restore_is_shown_only_with_its_passage(client, draft, closes):
    image = quoted(client, draft)
    draft.refresh_from_db()
    draft.publish(by=draft.author)
    moderator = make_user(role="moderator")
    image.refresh_from_db()
    image.hide(by=moderator, reason="It is being looked at.")
    if closes:
        draft.unpublish(by=draft.author)
    else:
        rewrite(client, draft, body="Nothing of it. " * 300)
    image.restore(by=moderator, reason="It is well.")
    image.refresh_from_db()
    assert image.status == "draft"


def test_only_its_author_adds_pictures_to_a_piece(client, author):
    other = make_review(make_user("ben"), status="draft")
    assert client.get(address(other)).status_code == 404
    assert client.post(address(other), {"files": [picture_file()]}).status_code == 404
    assert not Image.objects.exists()


def test_from_the_form_of_a_piece_to_its_pictures_and_nothing_is_lost(client, author, film):
    typed = {"film": film.slug, "title": "A yellow bag", "body": "It rained.", "language": "en",
             "text_license": "CC0-1.0", "view": "pictures", "picture-file": picture_file(),
             "picture-title": "Window"}  # fmt: skip
    response = client.post("/write/", typed)
    draft = author.reviews.get()
    image = Image.objects.get()
    assert response.headers["Location"] == f"{address(draft)}?row={image.key}"
    assert (draft.title, draft.body) == ("A yellow bag", "It rained.")
    assert text(client.get(response.headers["Location"])).count("data-row=") == 1
    empty = client.post("/write/", {"view": "pictures", "language": "en"})
    assert empty.status_code == 422
    assert "Write something first." in text(empty)


def to_pictures(client, review, **fields):
    typed = {"film": review.film.slug, "title": "Rain", "body": "My newest words.",
             "language": "en", "text_license": "CC0-1.0", "version": review.version,
             "view": "pictures"}  # fmt: skip
    return client.post(f"/write/{review.pk}/", typed | fields)


def test_on_the_way_to_its_pictures_a_text_that_is_too_late_is_left_beside_the_other(client, draft):
    stale = draft.version
    rewrite(client, draft, body=f"{BODY} More.", publish="")
    response = to_pictures(client, draft, version=stale)
    assert response.status_code == 409
    assert "My newest words." in text(response)
    assert LeftText.objects.get().body == "My newest words."
    draft.refresh_from_db()
    assert draft.body == f"{BODY} More."


def test_nor_is_one_lost_whose_changes_were_changed_elsewhere(client, author, film):
    piece = make_review(author, film, body=BODY)
    bring(client, piece)
    response = to_pictures(client, piece, copy=0)
    assert response.status_code == 409
    assert "My newest words." in text(response)


@pytest.mark.parametrize("fields", [{"title": "x" * 500}, {"seen_day": "first"}])
def test_what_cannot_be_kept_comes_back_instead_of_the_pictures(client, draft, fields):
    response = to_pictures(client, draft, **fields)
    assert response.status_code == 422
    html = text(response)
    assert "My newest words." in html
    assert "invalid-feedback" in html


def test_what_was_typed_of_a_picture_goes_along_to_its_row(client, draft):
    credit = {"title": "Window", "basis": "permission", "proof": "Dear Mina, " * 300}
    typed = {f"picture-{name}": value for name, value in credit.items()}
    response = to_pictures(client, draft, **typed, **{"picture-file": picture_file()})
    key = Image.objects.get().key
    assert response.headers["Location"] == f"{address(draft)}?row={key}"
    for _reload in range(2):
        html = text(client.get(response.headers["Location"]))
        assert 'value="Window"' in html
        assert "Dear Mina, Dear Mina" in html
        assert "street.jpg" in html
        assert "invalid-feedback" not in html
    client.post(address(draft), record(Image.objects.get(), title="Door"))
    assert 'value="Window"' not in text(client.get(response.headers["Location"]))


@pytest.mark.parametrize(
    ("file", "said"), [([SimpleUploadedFile("a.jpg", b"no")], "not a picture"), ([], "Choose a")]
)
def test_a_picture_that_cannot_go_along_is_said_to(client, draft, file, said):
    typed = {"picture-title": "Window", "picture-file": file}
    response = to_pictures(client, draft, **typed)
    assert response.status_code == 422
    html = text(response)
    assert said in html
    assert 'value="Window"' in html


def test_the_line_comes_below_the_paragraph_of_its_passage():
    body = "One two three four five six.\n\nSeven."
    assert with_line(body, "!", "two three four five") == f"{body[:28]}\n\n!\n\nSeven."
    assert with_line(body, "!", "") == f"{body}\n\n!\n"
    assert with_line("", "!", "") == "!\n"


def test_a_published_picture_of_the_site_stays_usable(client, author, film):
    shown = make_image()
    draft = make_review(author, film, status="draft", body=f"{BODY}\n\n![](image:{shown.key})")
    typed = {"film": film.slug, "title": "Rain", "body": draft.body, "language": "en",
             "text_license": "CC0-1.0", "publish": "1", "version": draft.version}  # fmt: skip
    assert client.post(f"/write/{draft.pk}/", typed).status_code == 302
