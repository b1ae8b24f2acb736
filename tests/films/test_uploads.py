"""The page on which pictures come in, several at once."""

import re
from functools import partial
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import QueryDict
from django.utils import timezone
from PIL import Image as Pillow

from films import previews, uploads
from films.credit import ARTIST
from films.credit_form import CreditForm
from films.images import inspect
from films.metadata import Found
from films.models import Image, PermissionProof
from tests.factories import make_film, make_review, make_user
from tests.films.test_images import camera_jpeg, png_that_claims
from tests.films.test_metadata import laughs
from tests.films.test_pictures import picture_file
from users.site_settings import SiteSettings

pytestmark = pytest.mark.django_db

WHOLE = {
    "title": "Street at dusk",
    "creator_name": "Ada Moon",
    "source_url": "https://example.org/street",
    "license": "CC-BY-4.0",
    "alt_text": "A wet street with one lamp lit.",
}


@pytest.fixture(autouse=True)
def own_media(media_folder):
    return media_folder


@pytest.fixture
def member(client):
    user = make_user("ada", display_name="Ada Moon")
    client.force_login(user)
    return user


@pytest.fixture
def film():
    return make_film("Hope", 2013)


def address(film):
    return f"/images/add/?film={film.slug}"


def record(image, **fields):
    return {"row": image.key} | {f"{image.key}-{k}": v for k, v in (WHOLE | fields).items()}


def send(client, film, *files, **data):
    return client.post(address(film), data | {"files": files})


def sent(client, film, *files):
    """The drafts that these files have become."""
    before = set(Image.objects.values_list("pk", flat=True))
    send(client, film, *files)
    return list(Image.objects.exclude(pk__in=before).order_by("pk"))


def text(response):
    return response.content.decode()


def gif(frames):
    out = BytesIO()
    first, *rest = [Pillow.new("RGB", (60, 40), (90 * n, 0, 0)) for n in range(frames)]
    first.save(out, "GIF", save_all=True, append_images=rest)
    return SimpleUploadedFile("loop.gif", out.getvalue())


def test_each_file_is_judged_on_its_own(client, member, film, own_media):
    bad = SimpleUploadedFile("note.jpg", b"<svg onload=alert(1)>")
    response = send(client, film, picture_file(), bad, picture_file((30, 20), name="lamp.jpg"))
    assert response.status_code == 422
    html = text(response)
    assert html.count("data-row=") == 2
    assert "street.jpg" in html
    assert "lamp.jpg" in html
    assert "not a picture" in html.split("note.jpg")[1]
    assert len(list((own_media / "originals").iterdir())) == 2
    assert {image.status for image in Image.objects.all()} == {"draft"}


def test_what_is_ready_is_added_and_the_rest_stays(client, member, film):
    one, two = sent(client, film, picture_file(), picture_file((30, 20), name="lamp.jpg"))
    data = record(one) | record(two, alt_text="", title="Lamp") | {"row": [one.key, two.key]}
    response = client.post(address(film), data | {"ready": "1"})
    assert response.status_code == 422
    html = text(response)
    assert "One picture is in its place." in html
    assert "Describe the picture" in html
    assert 'value="Lamp"' in html
    one.refresh_from_db()
    assert one.is_published
    assert one.derivatives
    assert list(film.film_images.values_list("image", flat=True)) == [one.pk]
    again = client.post(address(film), record(two) | {"ready": "1"})
    assert again.headers["Location"] == f"{film.get_absolute_url()}#pictures"
    assert film.film_images.count() == 2
    page = client.get(film.get_absolute_url())
    assert "A wet street with one lamp lit." in text(page)


def test_sending_no_file_says_what_to_do_first(client, member, film):
    assert "Choose the files first." in text(send(client, film, send="1"))


def test_enter_in_a_field_adds_what_is_ready(client, member, film):
    """A browser presses the first button of the form."""
    (image,) = sent(client, film, picture_file())
    html = text(client.get(f"{address(film)}&row={image.key}"))
    form = html.split('id="uploads"')[1]
    assert re.search(r'<button[^>]*name="(\w+)"', form).group(1) == "ready"


def test_a_picture_that_a_film_has_is_not_added_again(client, member, film):
    (image,) = sent(client, film, picture_file())
    assert client.post(address(film), record(image) | {"ready": "1"}).status_code == 302
    response = send(client, film, picture_file())
    assert response.status_code == 422
    assert "stands there already" in text(response)
    assert Image.objects.get() == image
    assert sent(client, make_film("Other", 2014), picture_file())


def begun_twice(member, shelf, image):
    """The same page, sent twice at the same time."""
    data = QueryDict(mutable=True)
    data.update(record(image))
    both = [uploads.Uploads(member, shelf()) for _ in range(2)]
    for one in both:
        one.begin([image.key], data, is_sent=True)
    return both


def test_a_page_that_is_sent_twice_adds_its_pictures_once(client, member, film):
    (image,) = sent(client, film, picture_file())
    for one in begun_twice(member, lambda: uploads.FilmShelf(film), image):
        one.complete()
        assert [added.key for added in one.added] == [image.key]
        assert not one.rows
    assert film.film_images.count() == 1


def test_nor_do_both_at_the_same_moment(client, member, film, monkeypatch):
    (image,) = sent(client, film, picture_file())
    first, second = begun_twice(member, lambda: uploads.FilmShelf(film), image)
    save = CreditForm.save

    def overtaken(form):
        monkeypatch.undo()
        done = save(form)
        first.complete()
        return done

    monkeypatch.setattr(CreditForm, "save", overtaken)
    second.complete()
    assert not second.wrong
    assert film.film_images.count() == 1


@pytest.mark.parametrize(
    "place", ["films.models.files.write_derivatives", "films.models.Image.publish"]
)
def test_a_picture_that_cannot_be_stored_stays_and_the_others_are_added(
    client, member, film, monkeypatch, place
):
    one, two = sent(client, film, picture_file(), picture_file((30, 20), name="lamp.jpg"))

    def full(*args, **kwargs):
        monkeypatch.undo()
        raise OSError("No space left on device")

    monkeypatch.setattr(place, full)
    data = record(one) | record(two) | {"row": [one.key, two.key], "ready": "1"}
    response = client.post(address(film), data)
    assert response.status_code == 422
    html = text(response)
    assert "One picture is in its place." in html
    assert html.count("data-row=") == 1
    assert "Its files could not be written" in html
    assert WHOLE["title"] in html
    assert list(film.film_images.values_list("image", flat=True)) == [two.pk]
    assert one in Image.objects.unfinished(timezone.now())
    assert client.post(address(film), record(one) | {"ready": "1"}).status_code == 302
    assert film.film_images.count() == 2


def test_a_picture_whose_request_died_on_the_way_is_there_again(client, member, film):
    (image,) = sent(client, film, picture_file())
    Image.objects.filter(pk=image.pk).update(title="Street")
    response = client.get(f"{address(film)}&row={image.key}")
    assert f'data-row="{image.key}"' in text(response)
    client.post(address(film), {"row": image.key, "drop": image.key})
    assert Image.objects.filter(pk=image.pk).exists()
    assert client.post(address(film), record(image) | {"ready": "1"}).status_code == 302
    assert film.film_images.count() == 1
    assert "data-row" not in text(client.get(f"{address(film)}&row={image.key}"))


def test_what_is_typed_stays_while_more_files_come(client, member, film):
    (one,) = sent(client, film, picture_file())
    typed = record(one, title="Half a record", license="", basis="permission")
    response = client.post(address(film), typed | {"files": [picture_file((30, 20))]})
    assert response.status_code == 200
    html = text(response)
    assert 'value="Half a record"' in html
    assert html.count("data-row=") == 2
    assert "invalid-feedback" not in html
    assert 'value="permission"' in html


def test_a_row_is_taken_off_with_its_file(client, member, film, django_capture_on_commit_callbacks):
    one, two = sent(client, film, picture_file(), picture_file((30, 20), name="lamp.jpg"))
    data = record(one) | record(two) | {"row": [one.key, two.key], "drop": one.key}
    with django_capture_on_commit_callbacks(execute=True):
        html = text(client.post(address(film), data))
    assert one.key not in html
    assert two.key in html
    assert not default_storage.exists(one.original.name)
    assert list(Image.objects.all()) == [two]


def test_a_row_that_stands_in_a_text_is_taken_off_and_its_file_stays(
    client, member, film, django_capture_on_commit_callbacks
):
    (image,) = sent(client, film, picture_file())
    piece = make_review(member, film, status="draft", body=f"![](image:{image.key})")
    piece.set_images(None, [image.key])
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address(film), {"row": image.key, "drop": image.key})
    assert "data-row" not in text(response)
    assert default_storage.exists(image.original.name)
    assert piece.review_images.get().image == image


def test_nobody_elses_draft_is_shown_completed_or_dropped(client, member, film):
    other = Image.objects.keep(picture_file(), by=make_user("ben"))
    assert "data-row" not in text(client.get(f"{address(film)}&row={other.key}"))
    for button in ("ready", "drop"):
        client.post(address(film), record(other) | {button: other.key})
    other.refresh_from_db()
    assert other.status == "draft"
    assert other.title == ""
    assert client.get(f"/images/{other.key}/preview/").status_code == 404


def test_a_page_opened_again_has_the_files_that_wait(client, member, film):
    (one,) = sent(client, film, picture_file())
    html = text(client.get(f"{address(film)}&row={one.key}&row=nothing"))
    assert html.count("data-row=") == 1
    preview = client.get(f"/images/{one.key}/preview/")
    assert preview.headers["Content-Type"] == "image/jpeg"
    assert "private" in preview.headers["Cache-Control"]
    assert max(Pillow.open(BytesIO(preview.content)).size) <= 480


def test_a_preview_is_drawn_once(client, member, film, monkeypatch):
    decoded = []
    real = previews.inspect
    monkeypatch.setattr(previews, "inspect", lambda file: decoded.append(1) or real(file))
    (one,) = sent(client, film, picture_file())
    get = partial(client.get, f"/images/{one.key}/preview/")
    assert get().status_code == 200
    assert not decoded
    cache.clear()
    assert [get().status_code for _time in range(3)] == [200, 200, 200]
    assert len(decoded) == 1


def test_a_picture_that_would_be_refused_today_has_no_preview(client, member, film):
    (one,) = sent(client, film, picture_file())
    with default_storage.open(one.original.name, "wb") as file:
        file.write(b"no picture")
    cache.clear()
    assert client.get(f"/images/{one.key}/preview/").status_code == 404


def test_previews_are_drawn_one_after_the_other(client, member, film, monkeypatch):
    monkeypatch.setattr(previews, "PATIENCE", 0.01)
    (one,) = sent(client, film, picture_file())
    cache.clear()
    with previews.turn:
        response = client.get(f"/images/{one.key}/preview/")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert client.get(f"/images/{one.key}/preview/").status_code == 200


def test_the_script_sends_one_file_and_gets_its_row(client, member, film):
    response = send(client, film, picture_file(), alone="1")
    assert response.status_code == 200
    html = text(response)
    assert html.strip().startswith("<li")
    assert "<html" not in html
    refused = send(client, film, SimpleUploadedFile("a.jpg", b""), alone="1")
    assert refused.status_code == 422
    assert "The file is empty" in text(refused)
    key = Image.objects.get().key
    twice = send(client, film, picture_file(), alone="1", row=key)
    assert "on the list already" in text(twice)
    assert Image.objects.count() == 1


def test_one_too_many_says_when_and_keeps_the_others(client, member, film):
    SiteSettings(pictures_an_hour=1).save()
    response = send(client, film, picture_file(), picture_file((30, 20), name="lamp.jpg"))
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    html = text(response)
    assert html.count("data-row=") == 1
    assert "one picture an hour" in html
    assert Image.objects.count() == 1


def test_beyond_the_limit_nothing_is_decoded(client, member, film, monkeypatch):
    SiteSettings(pictures_an_hour=1).save()
    decoded = []
    monkeypatch.setattr(uploads, "inspect", lambda file: decoded.append(1) or inspect(file))
    files = [picture_file((30 + n, 20), name=f"{n}.jpg") for n in range(3)]
    html = text(send(client, film, *files))
    assert len(decoded) == 1
    assert html.count("data-refused") == 2
    assert "1.jpg" in html
    assert "2.jpg" in html


def test_a_file_that_comes_alone_has_the_others_left_alone(client, member, film, monkeypatch):
    (one,) = sent(client, film, picture_file())
    read = []
    monkeypatch.setattr(uploads.metadata, "read", lambda file: read.append(1) or Found())
    response = send(client, film, picture_file((30, 20)), alone="1", row=one.key)
    assert text(response).count("data-row=") == 1
    assert len(read) == 1
    monkeypatch.setattr(uploads, "MOST", 1)
    full = send(client, film, picture_file((40, 20)), alone="1", row=one.key)
    assert "are on this page already" in text(full)


def test_an_animation_says_that_its_first_frame_is_kept(client, member, film):
    response = send(client, film, gif(3))
    assert response.status_code == 200
    assert "first frame of an animation" in text(response)
    image = Image.objects.get()
    client.post(address(film), record(image, changes="first frame") | {"ready": "1"})
    image.refresh_from_db()
    assert image.credit().changes == "first frame"


def test_a_large_one_is_said_to_be_scaled_down(client, member, film):
    (image,) = sent(client, film, picture_file((2400, 1000)))
    assert image.changes == "scaled down"
    html = text(client.get(f"{address(film)}&row={image.key}"))
    assert f'name="{image.key}-changes" value="scaled down"' in html


def test_what_the_file_says_begins_its_record(client, member, film):
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        b'syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        b'xmlns:cc="http://creativecommons.org/ns#"><dc:title><rdf:Alt><rdf:li>Pier</rdf:li>'
        b"</rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>\xea\xb9\x80 \xec\x88\x98</rdf:li>"
        b'</rdf:Seq></dc:creator><cc:license rdf:resource="https://creativecommons.org/licenses/'
        b'by-sa/3.0/"/></rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    response = send(client, film, picture_file(xmp=xmp))
    html = text(response)
    assert 'value="Pier"' in html
    assert 'value="김 수"' in html
    assert '<option value="CC-BY-SA-3.0" selected>' in html
    assert html.count("From the file.") == 3
    assert "please check it" in html
    image = Image.objects.get()
    data = record(image, title="Pier", creator_name="김 수", license="CC-BY-SA-3.0", alt_text="")
    again = text(client.post(address(film), data | {"ready": "1"}))
    assert "Describe the picture" in again
    assert again.count("From the file.") == 3
    assert "please check it" in again


def test_the_place_in_a_file_is_told_and_left_out(client, member, film):
    file = SimpleUploadedFile("holiday.jpg", camera_jpeg())
    assert "The place where it was taken" in text(send(client, film, file))


def test_rights_without_a_licence_are_named(client, member, film):
    exif = Pillow.Exif()
    exif[0x8298] = "(c) 1988, all rights reserved"
    html = text(send(client, film, picture_file(exif=exif)))
    assert "(c) 1988, all rights reserved" in html
    assert "names no licence" in html


def test_own_work_takes_two_clicks_and_the_licence_is_remembered(client, member, film):
    (one,) = sent(client, film, picture_file())
    fields = {"title": "Pier", "alt_text": "A pier at noon.", "basis": "own",
              "own_license": "CC-BY-SA-4.0"}  # fmt: skip
    data = {"row": one.key, "ready": "1"} | {f"{one.key}-{k}": v for k, v in fields.items()}
    assert client.post(address(film), data).status_code == 302
    one.refresh_from_db()
    assert (one.is_own_work, one.license_id, one.creator_name) == (True, "CC-BY-SA-4.0", "Ada Moon")
    member.refresh_from_db()
    assert member.picture_license == "CC-BY-SA-4.0"
    html = text(send(client, film, picture_file((30, 20))))
    # The licence stands there; that it is their own work they say each time.
    ticked = re.findall(r'<input[^>]*value="([^"]+)"[^>]*\schecked', html.split("</form>")[1])
    assert ticked == ["source", "CC-BY-SA-4.0"]


def test_nothing_of_a_licence_is_chosen_beforehand_the_first_time(client, member, film):
    html = text(send(client, film, picture_file()))
    row = html.split("data-row=")[1].split("</form>")[0]
    assert row.count(" checked") == 1  # that it comes from a page: no consent
    assert re.findall(r'value="([^"]*)" selected', row) == [""]


def test_the_proof_of_a_permission_is_for_staff_alone(client, member, film):
    (one,) = sent(client, film, picture_file())
    data = record(one, basis="permission", source_url="", license="",
                  permission="Ada Moon, by letter of 3 May 2026.",
                  proof="Dear Mina, of course you may. From 12 Elm Road.")  # fmt: skip
    assert client.post(address(film), data | {"ready": "1"}).status_code == 302
    one.refresh_from_db()
    assert one.license.name == "Used with permission"
    assert PermissionProof.objects.get(image=one).text.startswith("Dear Mina")
    for page in (one.get_absolute_url(), film.get_absolute_url()):
        assert "Elm Road" not in text(client.get(page))
    client.force_login(make_user("mod", role="moderator"))
    listing = client.get("/admin/films/permissionproof/")
    assert "Street at dusk" in text(listing)
    proof = PermissionProof.objects.get()
    assert "Elm Road" in text(client.get(f"/admin/films/permissionproof/{proof.pk}/change/"))


def test_a_description_that_is_the_files_name_is_refused(client, member, film):
    (one,) = sent(client, film, picture_file())
    data = record(one, alt_text="Street", file_name="street.jpg") | {"ready": "1"}
    response = client.post(address(film), data)
    assert response.status_code == 422
    assert "That is the file’s name" in text(response)


def test_a_request_that_takes_long_leaves_the_rest_for_the_next(
    client, member, film, monkeypatch, settings
):
    one, two = sent(client, film, picture_file(), picture_file((30, 20), name="lamp.jpg"))
    monkeypatch.setattr(uploads, "SECONDS", -1)
    data = record(one) | record(two) | {"row": [one.key, two.key], "ready": "1"}
    html = text(client.post(address(film), data))
    assert html.count("comes next") == 2
    monkeypatch.undo()
    assert client.post(address(film), data).status_code == 302
    assert film.film_images.count() == 2


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.jpg", "a\u202egpj.exe.jpg", "김수.jpg", "x" * 400]
)
def test_names_on_disk_are_ours(client, member, film, name):
    (image,) = sent(client, film, picture_file(name=name))
    assert image.original.name == f"originals/{image.key}.jpeg"


def test_the_former_address_leads_to_the_page(client, member, film):
    response = client.get(f"/films/{film.slug}/pictures/add/")
    assert response.headers["Location"] == address(film)
    assert client.get(address(film)).status_code == 200
    assert client.get("/images/add/").status_code == 404
    assert client.get("/images/add/?film=no\0thing").status_code == 404
    assert client.get(f"{address(film)}&row=no\0thing").status_code == 200


def test_visitors_are_asked_to_sign_in(client, film):
    assert "/accounts/login/" in client.get(address(film)).headers["Location"]


def test_as_many_queries_for_ten_as_for_one(client, member, film, django_assert_max_num_queries):
    keys = [Image.objects.keep(picture_file((20 + n, 20)), by=member).key for n in range(10)]
    rows = "".join(f"&row={key}" for key in keys)
    with django_assert_max_num_queries(12):
        assert text(client.get(address(film) + rows)).count("data-row=") == 10


def saved(image, format_, **options):
    out = BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


JPEG = saved(Pillow.new("RGB", (90, 60), (9, 90, 9)), "JPEG")
HOSTILE = {
    "empty.jpg": (b"", "empty"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "not a picture"),
    "cut.jpg": (JPEG[:300], "damaged"),
    "long.png": (saved(Pillow.new("L", (20_000, 10)), "PNG"), "longer side"),
    "bomb.png": (png_that_claims(11_000, 11_000), "million pixels"),
    "page.html": (JPEG + b"<script>alert(1)</script>", ""),
    "wrong.txt": (saved(Pillow.new("RGB", (9, 9)), "PNG"), ""),
    "point.png": (saved(Pillow.new("RGB", (1, 1)), "PNG"), ""),
    "print.jpg": (saved(Pillow.new("CMYK", (60, 40)), "JPEG"), ""),
    "deep.png": (saved(Pillow.new("I;16", (60, 40), 40_000), "PNG"), ""),
    "film.gif": (gif(300).read(), ""),
    "laughs.jpg": (saved(Pillow.new("RGB", (9, 9)), "JPEG", xmp=laughs()), ""),
    "ภาพ-صورة-🎞.jpg": (JPEG[:-2] + b"\0\xff\xd9", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_comes_is_normalized_or_refused_with_its_reason(
    client, member, film, name, own_media
):
    data, reason = HOSTILE[name]
    response = send(client, film, SimpleUploadedFile(name, data))
    html = text(response)
    if reason:
        assert response.status_code == 422
        assert reason in html
        assert not Image.objects.exists()
        assert not list(own_media.rglob("*.*"))
        return
    assert response.status_code == 200
    image = Image.objects.get()
    assert client.get(f"/images/{image.key}/preview/").status_code == 200
    assert client.post(address(film), record(image) | {"ready": "1"}).status_code == 302
    image.refresh_from_db()
    for file in image.derivatives:
        written = (own_media / file["name"]).read_bytes()
        assert b"<script" not in written
        with Pillow.open(BytesIO(written)) as shown:
            assert (shown.format.lower(), shown.mode) == (file["format"], "RGB")


@pytest.mark.parametrize("nothing", ["\u200b", "\u3164", "\u2060\u200b"])
@pytest.mark.parametrize("field", ["title", "creator_name", "alt_text"])
def test_a_credit_that_nobody_can_see_is_none(client, member, film, field, nothing):
    (image,) = sent(client, film, picture_file())
    response = client.post(address(film), record(image, **{field: nothing}) | {"ready": "1"})
    assert response.status_code == 422
    image.refresh_from_db()
    assert image.status == "draft"


def test_a_title_is_one_line_as_it_is_in_its_files(
    client, member, film, django_capture_on_commit_callbacks
):
    (image,) = sent(client, film, picture_file())
    data = record(image, title="Street\r\nat\u202e dusk", changes="cropped\n") | {"ready": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address(film), data).status_code == 302
    image.refresh_from_db()
    assert image.title == "Street at dusk"
    assert image.changes == "cropped"
    call_command("verify_credits", verbosity=0)


@pytest.mark.parametrize(
    ("source", "is_page"),
    [
        ("https://example.org/a.jfif", False),
        ("https://example.org/a%2Ejpg", False),
        ("https://example.org/a.jpg/", False),
        ("https://example.org/a.jpg?File:", False),
        ("https://commons.wikimedia.org/wiki/File:Street.jpg", True),
        ("https://example.org/jpg", True),
    ],
)
def test_the_source_is_a_page(client, member, film, source, is_page):
    (image,) = sent(client, film, picture_file())
    response = client.post(address(film), record(image, source_url=source) | {"ready": "1"})
    assert (response.status_code == 302) == is_page


def test_a_description_may_be_a_sign(client, member, film):
    (image,) = sent(client, film, picture_file())
    data = record(image, alt_text="🌊", file_name="🌊.jpg") | {"ready": "1"}
    assert client.post(address(film), data).status_code == 302


def test_a_row_that_is_opened_again_has_the_name_of_its_file(client, member, film):
    for data in ({}, {"alone": "1"}):
        send(client, film, picture_file((30, 20 + len(data)), name="Rainy street.jpg"), **data)
    keys = list(Image.objects.values_list("key", flat=True))
    page = client.get(f"{address(film)}&row={keys[0]}&row={keys[1]}")
    assert text(page).count("<h2><bdi>Rainy street.jpg</bdi></h2>") == 2
    # It comes along from there, so that it is not taken for a description.
    response = client.post(address(film), named(page, alt_text="Rainy street") | {"ready": "1"})
    assert "That is the file’s name" in text(response)
    assert "A picture" not in text(response)


def named(page, **fields):
    """What the form of the page sends, whole but for `fields`."""
    data = {}
    for row in page.context["rows"]:
        file = {f"{row.image.key}-file_name": row.form["file_name"].value()}
        data |= record(row.image, **fields) | file
    return data | {"row": [row.image.key for row in page.context["rows"]]}


def test_no_more_names_are_remembered_than_anybody_has_open(client, member, film, monkeypatch):
    monkeypatch.setattr("films.views.uploads.MOST_NAMES", 2)
    for n in range(3):
        send(client, film, picture_file((30, 20 + n), name=f"{n}.jpg"))
    assert list(client.session["names_of_files"].values()) == ["1.jpg", "2.jpg"]


# The file for the head of a piece, ahead of its text


def sent_ahead(client, file):
    return client.post("/images/keep/", {"picture-file": file})


def test_a_file_sent_ahead_waits_for_its_member_alone(client, member):
    response = sent_ahead(client, picture_file((800, 600)))
    image = Image.objects.get()
    answer = response.json()
    assert (answer["key"], answer["width"], answer["height"]) == (image.key, 800, 600)
    assert (image.status, image.title, image.uploaded_by) == ("draft", "", member)
    assert client.get(answer["preview"]).headers["Content-Type"] == "image/jpeg"
    client.force_login(make_user("somebody"))
    assert client.get(answer["preview"]).status_code == 404


def test_what_a_file_sent_ahead_says_of_itself_comes_back(client, member):
    exif = Pillow.Exif()
    exif[ARTIST] = "Věra".encode()
    file = SimpleUploadedFile("a.jpg", saved(Pillow.new("RGB", (64, 48)), "JPEG", exif=exif))
    assert sent_ahead(client, file).json()["fields"] == {"creator_name": "Věra", "changes": ""}


@pytest.mark.parametrize("data", [b"", b"no picture", b"<svg/>"])
def test_a_file_sent_ahead_that_is_no_picture_leaves_nothing(client, member, data):
    response = sent_ahead(client, SimpleUploadedFile("a.jpg", data))
    assert response.status_code == 422
    assert response.json()["said"]
    assert not Image.objects.exists()
    assert client.post("/images/keep/", {"picture-kept": "x"}).status_code == 422


def test_files_sent_ahead_are_counted(client, member):
    SiteSettings(pictures_an_hour=1).save()
    assert sent_ahead(client, picture_file()).status_code == 200
    response = sent_ahead(client, picture_file((30, 20)))
    assert (response.status_code, Image.objects.count()) == (429, 1)
    assert "one picture an hour" in response.json()["said"]


def test_only_members_send_files_ahead(client):
    assert sent_ahead(client, picture_file()).status_code == 403
    assert not Image.objects.exists()
    assert client.get("/images/keep/").status_code == 405
