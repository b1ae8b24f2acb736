"""Who may fetch a picture's files, wherever it stands and whatever becomes of it."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client, TestCase
from django.urls import reverse

from films.models import FileErrand, FilmImage, Image
from films.models import files as picture_files
from films.verifying import stored_in, verify
from reviews.models import ReviewImage
from reviews.recount import recount
from tests.factories import bring_to, make_film, make_review, make_user
from tests.films.test_pictures import picture_file, upload, uploaded
from tests.films.test_verify_credits import verified

pytestmark = pytest.mark.django_db
REASON = "The source says nothing of a licence."


@pytest.fixture
def owner():
    return make_user("ada")


@pytest.fixture
def moderator():
    return make_user("keeper", role="moderator")


def afterwards(do, *args, **how):
    """What a request does, with what follows its transaction."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return do(*args, **how)


def client_of(user=None):
    cache.clear()
    client = Client()
    if user:
        client.force_login(user)
    return client


def addresses(image):
    """Where each of its files is, and where each would be in the other folder."""
    image.refresh_from_db()
    own = [image.address_of(file) for file in image.derivatives]
    names = [file["name"].partition("/")[2] for file in image.derivatives]
    guessed = [f"/media/{folder}/{name}" for folder in ("images", "unseen") for name in names]
    guessed += [reverse("films:image_file", args=[image.key, n.split("/")[-1]]) for n in names]
    return {*own, *guessed, f"/media/{image.original.name}"}


def fetched(client, addresses):
    """Those that answer with a file, at the end of every redirect."""
    found = set()
    for address in addresses:
        response = client.get(address, follow=True)
        if response.status_code == 200 and response.headers["Content-Type"].startswith("image/"):
            found.add(address)
    return found


def piece_with(image, status, author=None):
    piece = make_review(
        author or image.uploaded_by,
        status="draft",
        body=f"![x](image:{image.key})\n\n" + "rain " * 450,
    )
    ReviewImage.objects.create(review=piece, image=image, role="figure")
    if status != "draft":
        afterwards(piece.publish, by=piece.author)
        afterwards(bring_to, piece, status)
    piece.refresh_from_db()
    image.refresh_from_db()
    return piece


def test_files_of_a_draft_are_its_owners_alone(owner, moderator, media_folder):
    image = upload(owner)
    assert image.are_in("unseen")
    assert (media_folder / image.derivatives[0]["name"]).exists()
    for stranger in (None, make_user(), moderator):
        assert fetched(client_of(stranger), addresses(image)) == set()
    address = image.url
    response = client_of(owner).get(address)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"


def test_a_published_picture_is_for_everybody_and_its_former_address_leads_there(owner):
    image = upload(owner)
    private = image.url
    afterwards(image.publish, by=owner)
    image.refresh_from_db()
    assert image.are_in("images")
    assert image.url.startswith("/media/images/")
    assert client_of().get(private).url == image.url
    response = client_of().get(image.url)
    assert "immutable" in response.headers["Cache-Control"]
    assert not default_storage.exists(f"unseen/{image.derivatives[0]['name'].partition('/')[2]}")


def test_a_file_of_another_name_is_not_found(owner):
    image = upload(owner)
    for name in ("x.jpg", "..%2F..%2Fsecret-key", "a" * 300):
        assert client_of(owner).get(f"/images/{image.key}/files/{name}").status_code == 404
    assert client_of(owner).get("/images/nothing/files/x.jpg").status_code == 404
    assert client_of(owner).post(image.url).status_code == 405


@pytest.mark.parametrize("status", ["draft", "held", "hidden", "removed", "deleted"])
def test_pictures_of_a_piece_that_readers_do_not_see_are_not_served_to_strangers(owner, status):
    image = upload(owner)
    piece = piece_with(image, status)
    for stranger in (None, make_user()):
        assert fetched(client_of(stranger), addresses(image)) == set()
        assert client_of(stranger).get(image.get_absolute_url()).status_code == 404
        json_address = reverse("films:image_credit_json", args=[image.key])
        assert client_of(stranger).get(json_address).status_code == 404
    assert image.url in fetched(client_of(owner), addresses(image))
    sitemap = client_of().get("/sitemap-images.xml").content.decode()
    assert image.key not in sitemap
    assert verified_lines() == []
    if status in ("held", "hidden"):
        afterwards(piece.restore, by=make_user(role="moderator"), reason="It is well.")
        image.refresh_from_db()
        assert image.url in fetched(client_of(), addresses(image))
        assert verified_lines() == []


def verified_lines():
    return [str(line) for line in verify()]


def test_staff_see_the_pictures_of_what_they_decide_about_and_of_no_draft(owner, moderator):
    draft, held = upload(owner), upload(owner)
    piece_with(draft, "draft")
    piece = make_review(owner, status="draft")
    ReviewImage.objects.create(review=piece, image=held, role="hero")
    afterwards(piece.hold, by=moderator, reason="Before anybody has read it.")
    assert held.status == "draft"
    assert held.url in fetched(client_of(moderator), addresses(held))
    assert fetched(client_of(moderator), addresses(draft)) == set()
    assert fetched(client_of(make_user(role="editor")), addresses(held)) == set()


def test_a_picture_stays_while_one_place_is_open(owner, moderator):
    image = upload(owner)
    first, second = (piece_with(image, "published") for _ in range(2))
    afterwards(first.hold, by=moderator, reason=REASON)
    image.refresh_from_db()
    assert image.is_public
    afterwards(second.unpublish, by=owner)
    image.refresh_from_db()
    assert not image.is_public
    assert image.are_in("unseen")
    film = make_film()
    afterwards(film.add_image, image, by=owner)
    image.refresh_from_db()
    assert image.is_public
    assert client_of().get(image.url).status_code == 200


def test_taking_a_picture_out_of_a_draft_does_not_show_it(owner):
    image = upload(owner)
    piece = piece_with(image, "published")
    afterwards(piece.unpublish, by=owner)
    afterwards(piece.set_images, None, [])
    image.refresh_from_db()
    assert not image.is_public
    assert image.are_in("unseen")


def test_what_a_published_piece_loses_goes_with_the_last_place(owner):
    image = upload(owner)
    piece = piece_with(image, "published")
    afterwards(piece_with(image, "published").unpublish, by=owner)
    with TestCase.captureOnCommitCallbacks(execute=True):
        piece.set_images(None, [])
    image.refresh_from_db()
    assert not image.is_public


def test_nobody_else_can_put_a_withheld_picture_into_a_text(owner):
    image = upload(owner)
    afterwards(piece_with(image, "published").unpublish, by=owner)
    assert not Image.objects.usable_by(make_user()).exists()
    assert Image.objects.usable_by(owner).get() == image


def test_another_member_neither_shows_nor_withholds_a_picture(owner):
    image, other = upload(owner), make_user("ben")
    own = piece_with(image, "published")
    borrowed = piece_with(image, "draft", author=other)
    afterwards(own.unpublish, by=owner)
    afterwards(borrowed.publish, by=other)
    image.refresh_from_db()
    assert not image.is_public
    assert not borrowed.review_images.exists()
    assert image.key not in client_of().get(borrowed.get_absolute_url()).content.decode()
    shown = uploaded(owner)
    piece = piece_with(shown, "published", author=other)
    afterwards(piece.unpublish, by=other)
    shown.refresh_from_db()
    assert shown.is_public


def test_a_picture_closed_while_a_piece_waits_does_not_appear_with_it(owner, moderator):
    image, other = upload(owner), make_user("ben")
    own = piece_with(image, "published")
    borrowed = make_review(other, status="draft", body=f"![x](image:{image.key})\n\nRain.")
    ReviewImage.objects.create(review=borrowed, image=image, role="figure")
    afterwards(borrowed.hold, by=moderator, reason=REASON)
    afterwards(own.unpublish, by=owner)
    afterwards(borrowed.restore, by=moderator, reason="It is well.")
    image.refresh_from_db()
    assert not image.is_public


def recounted():
    return [str(line) for line in recount(True)]


def test_recount_holds_drafts_for_no_places(owner):
    image, mere = uploaded(owner), upload(owner)
    piece_with(image, "draft")
    piece_with(mere, "draft")
    assert recounted() == []
    list(recount(False))
    image.refresh_from_db()
    assert image.is_public


def test_recount_agrees_with_what_is_put_into_a_closed_piece_and_taken_out(owner):
    first, second = uploaded(owner), uploaded(owner)
    piece = piece_with(upload(owner), "published")
    afterwards(piece.unpublish, by=owner)
    for pictures in ([first.key], [second.key], []):
        afterwards(piece.set_images, None, pictures)
        assert recounted() == []


def given_up(image):
    FileErrand.objects.want(image)
    FileErrand.objects.filter(image=image).update(attempts=9, given_up_at=image.created_at)


def waits(image):
    errand = FileErrand.objects.get(image=image)
    return (errand.attempts, errand.given_up_at) == (0, None)


def test_pictures_of_pieces_that_were_closed_before_are_withheld(owner):
    closed, borrowed, open_, shown, mere = (upload(owner) for _ in range(5))
    for image in (closed, open_, shown):
        afterwards(piece_with(image, "published").unpublish, by=owner)
    other = piece_with(borrowed, "published", author=make_user("ben"))
    piece_with(open_, "published")
    afterwards(make_film().add_image, shown, by=owner)
    piece_with(mere, "draft")
    for image in (borrowed, mere):
        afterwards(image.publish, by=owner)
    afterwards(other.unpublish, by=other.author)
    Image.objects.update(is_withheld=False)
    given_up(closed)
    migration = import_module("reviews.migrations.0018_quotations")
    migration.withhold_pictures(apps, None)
    assert list(Image.objects.filter(is_withheld=True)) == [closed]
    assert waits(closed)
    assert recounted() == []
    afterwards(call_command, "tick")
    closed.refresh_from_db()
    assert closed.are_in("unseen")


def test_an_errand_that_was_given_up_begins_anew_with_the_migrations(owner):
    image = upload(owner, license="LicenseRef-Public-Domain")
    for name, step in (("0018_pictures_shown", "ask_for_files"),
                       ("0020_names_of_licenses", "name_licenses")):  # fmt: skip
        given_up(image)
        getattr(import_module(f"films.migrations.{name}"), step)(apps, None)
        assert waits(image), name


# Taken down


def kept_pages(image, piece, film):
    return [
        film.get_absolute_url(), piece.get_absolute_url(), image.get_absolute_url(), "/", "/feed/",
        f"{film.get_absolute_url()}feed/", reverse("films:image_credit_json", args=[image.key]),
        f"/oembed/?url=http://testserver{piece.get_absolute_url()}",
        f"{piece.get_absolute_url()}markdown/", "/sitemap-images.xml",
        f"{film.get_absolute_url()}card.png",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["hold", "hide", "remove"])
def test_what_is_taken_down_is_served_from_no_address_to_anybody_who_reads(
    owner, moderator, verb, settings
):
    image = upload(owner)
    piece = piece_with(image, "published")
    ReviewImage.objects.create(review=piece, image=image, role="hero")
    FilmImage.objects.create(film=piece.film, image=image)
    call_command("write_files", verbosity=0)  # AVIF too
    image.refresh_from_db()
    before = addresses(image)
    assert len(fetched(client_of(), before)) == 2 * len(image.derivatives)
    pages = kept_pages(image, piece, piece.film)
    visitor = client_of()
    assert any(image.url in visitor.get(page).content.decode(errors="replace") for page in pages)
    afterwards(getattr(image, verb), by=moderator, reason=REASON)
    assert fetched(visitor, before | addresses(image)) == set()
    assert fetched(client_of(make_user()), before | addresses(image)) == set()
    stem = re.search(r"/([0-9a-f]{32})-", image.url)[1]
    for page in pages:
        assert stem not in visitor.get(page).content.decode(errors="replace"), page
    assert not list(stored("images"))
    assert bool(list(stored("unseen"))) == (verb == "hold")
    call_command("write_files", verbosity=0)
    assert fetched(visitor, before | addresses(image)) == set()
    assert verified_lines() == []


def stored(folder):
    return stored_in(f"{folder}/")


def test_a_held_picture_is_seen_by_who_decides_and_by_its_owner(owner, moderator):
    image = uploaded(owner)
    afterwards(image.hold, by=moderator, reason=REASON)
    image.refresh_from_db()
    for viewer in (owner, moderator):
        assert image.url in fetched(client_of(viewer), addresses(image))
    afterwards(image.remove, by=moderator, reason=REASON)
    for viewer in (owner, moderator, None):
        assert fetched(client_of(viewer), addresses(image)) == set()


@pytest.mark.parametrize("verb", ["hold", "hide", "remove"])
def test_a_file_that_cannot_be_deleted_at_once_is_refused_until_tick_deletes_it(
    owner, moderator, monkeypatch, verb
):
    image, other = uploaded(owner), uploaded(owner)
    address = image.url

    def refused(name):
        raise RuntimeError("the store is away")

    monkeypatch.setattr(default_storage, "delete", refused)
    afterwards(getattr(image, verb), by=moderator, reason=REASON)
    monkeypatch.undo()
    there = addresses(image)
    assert list(stored("images"))
    for spelled in (address, address.replace("/images/", "//images/"),
                    address.replace("/images/", "/images/./"), *there):  # fmt: skip
        assert fetched(client_of(), [spelled]) == set()
    assert fetched(client_of(), [other.url]) == {other.url}
    FileErrand.objects.update(due_at=image.created_at)
    call_command("tick")
    assert client_of().get(address).status_code == 404
    assert verified_lines() == []


def test_what_the_store_kept_of_a_held_picture_is_deleted_when_it_is_removed(owner, moderator):
    image = uploaded(owner)
    name = image.derivatives[0]["name"]
    afterwards(image.hold, by=moderator, reason=REASON)
    default_storage.save(name, ContentFile(b"as it was"))
    afterwards(image.remove, by=moderator, reason=REASON)
    assert not list(stored("images"))


def test_a_file_of_an_earlier_credit_that_cannot_be_deleted_is_served_no_more(
    owner, moderator, monkeypatch
):
    image = uploaded(owner)
    former = image.url

    def refused(name):
        raise RuntimeError("the store is away")

    monkeypatch.setattr(default_storage, "delete", refused)
    afterwards(image.describe, creator_name="Ada Moon")
    image.refresh_from_db()
    assert former.removeprefix("/media/") in set(stored("images"))
    assert fetched(client_of(), {former, image.url}) == {image.url}
    monkeypatch.undo()
    afterwards(image.remove, by=moderator, reason=REASON)
    assert fetched(client_of(), {former, image.url}) == set()


@pytest.mark.parametrize("verb", ["hold", "hide"])
def test_a_file_that_is_open_still_is_found_and_closed_by_command(owner, moderator, verb):
    image = uploaded(owner)
    name = image.derivatives[0]["name"]
    afterwards(getattr(image, verb), by=moderator, reason=REASON)
    FileErrand.objects.all().delete()
    default_storage.save(name, ContentFile(b"as it was"))
    call_command("write_files", verbosity=0)
    assert not list(stored("images"))
    assert verified_lines() == []


def test_the_same_bytes_of_two_members_are_two_pictures(owner, moderator, capsys):
    other = make_user("ben")
    first, second = uploaded(owner), uploaded(other)
    assert first.sha256 == second.sha256
    before = addresses(first)
    afterwards(first.remove, by=moderator, reason="Not yours.")
    assert fetched(client_of(), before) == set()
    assert client_of().get(first.get_absolute_url()).status_code == 410
    assert client_of().get(second.get_absolute_url()).status_code == 200
    assert second.url in fetched(client_of(), addresses(second))
    queue = client_of(moderator).get(reverse("admin:films_image_queue")).content.decode()
    assert "The same file" in queue
    assert "was taken down. Not yours." in queue
    assert verified(capsys) == ([], 0)


# What goes wrong between


def test_a_picture_that_changes_hands_while_its_files_are_written_follows(owner, moderator):
    image = uploaded(owner)
    stale = Image.objects.get(pk=image.pk)
    piece = piece_with(image, "published")
    afterwards(piece.hold, by=moderator, reason=REASON)
    with TestCase.captureOnCommitCallbacks(execute=True):
        stale.describe(creator_name="Ada Moon")  # it takes this one for public still
    image.refresh_from_db()
    assert (image.creator_name, image.is_withheld) == ("Ada Moon", True)
    assert image.are_in("unseen")
    assert verified_lines() == []


def test_moving_that_fails_leaves_the_former_files_and_is_done_later(owner, monkeypatch):
    image = upload(owner)
    whole, calls = default_storage.save, []

    def full(name, content, **how):
        calls.append(name)
        if len(calls) == 3:
            raise OSError("no room")
        return whole(name, content, **how)

    monkeypatch.setattr(default_storage, "save", full)
    afterwards(image.publish, by=owner)
    monkeypatch.undo()
    image.refresh_from_db()
    assert image.are_in("unseen")
    assert not list(stored("images"))
    assert client_of().get(image.url).status_code == 200  # by the view: it is published
    FileErrand.objects.update(due_at=image.created_at)
    afterwards(call_command, "tick")
    image.refresh_from_db()
    assert image.are_in("images")
    assert verified_lines() == []


def test_verify_tells_what_lies_where_anybody_may_fetch_it(owner, capsys):
    image = uploaded(owner)
    Image.objects.filter(pk=image.pk).update(is_withheld=True)
    lines, code = verified(capsys)
    assert code == 1
    assert {line.split(": ")[1] for line in lines} == {"is not where only its owner may fetch it"}


def test_only_one_method_makes_an_address():
    made = picture_files.PictureFiles.address_of
    assert made.__doc__
    image = Image(key="abc")
    assert image.address_of({"name": "images/ab/x.jpg"}) == "/media/images/ab/x.jpg"
    assert image.address_of({"name": "unseen/ab/x.jpg"}) == "/images/abc/files/x.jpg"


def test_a_large_picture_is_moved_not_written_anew(owner, monkeypatch):
    image = upload(owner, picture_file((2000, 1200)))
    monkeypatch.setattr(Image, "_written", None)
    afterwards(image.publish, by=owner)
    image.refresh_from_db()
    assert image.are_in("images")


@pytest.mark.parametrize("which", [0, 2, -1])
def test_a_file_that_was_lost_is_written_again(owner, which):
    image = upload(owner)
    afterwards(image.publish, by=owner)
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    formats = [file["format"] for file in image.derivatives]
    default_storage.delete(image.derivatives[which]["name"])
    call_command("write_files", verbosity=0)
    image.refresh_from_db()
    assert sorted(file["format"] for file in image.derivatives) == sorted(formats)
    assert all(default_storage.exists(file["name"]) for file in image.derivatives)
    assert not FileErrand.objects.exists()
