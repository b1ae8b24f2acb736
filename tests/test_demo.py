"""The demo loads as a whole, once, and everything in it is as its files say."""

import json
import os
import shutil
import subprocess

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, TestCase

from films.models import Country, Film, Image
from reviews.demo import loading
from reviews.models import Afterthought, Comment, Rating, Review
from users.models import ModerationAction, Report, User

# Ordered with the tests that keep the migrations' rows; the fixture loads once for them all.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(rows_for_all, tmp_path_factory):
    """Loaded once; every test of this module sees it."""
    folder = tmp_path_factory.mktemp("demo")
    before = settings.DATA_DIR, settings.MEDIA_ROOT
    settings.DATA_DIR, settings.MEDIA_ROOT = folder, folder / "media"
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("load_demo", verbosity=0)
    yield folder
    settings.DATA_DIR, settings.MEDIA_ROOT = before


@pytest.fixture
def files(demo, settings):
    """The demo's files where this test's site looks for them."""
    settings.MEDIA_ROOT = demo / "media"


def rows(name):
    return list(loading.rows(name))


def test_everything_is_there(demo):
    assert Film.objects.published().count() == 599
    assert Country.objects.with_films().count() == 139
    assert Image.objects.published().count() == len(rows("images"))
    assert User.objects.count() == len(rows("members"))
    assert Comment.objects.count() == len(rows("comments"))
    assert Afterthought.objects.published().count() == len(rows("afterthoughts"))
    essays = [row for row in rows("essays") if row.get("status") is None]
    assert Review.objects.published().essays().count() == len(essays)
    assert Review.objects.drafts().count() == 4
    assert Rating.objects.count() >= len(rows("ratings"))


def test_languages_of_the_essays(demo):
    languages = set(Review.objects.published().values_list("language", flat=True))
    assert {"en", "ko", "fr", "es", "ar", "tr", "ja", "de"} <= languages


def test_past_moderation_is_on_record_with_its_dates(demo):
    actions = [row for row in rows("reports") if row["record"] == "action"]
    found = list(ModerationAction.objects.order_by("created_at"))
    assert len(found) == len(actions)
    assert [a.created_at.isoformat()[:16] for a in found] == [
        a["created_at"][:16] for a in sorted(actions, key=lambda a: a["created_at"])
    ]
    assert Report.objects.open().count() == len(rows("reports")) - len(actions)


def test_counters_are_right(demo, capsys):
    call_command("recount", check=True)
    assert capsys.readouterr().out == "Every counter is right.\n"


def test_second_load_changes_nothing(demo):
    def state():
        return [
            list(model.objects.order_by("pk").values())
            for model in (User, Film, Review, Comment, Rating, ModerationAction)
        ]

    before, files = state(), sorted(demo.rglob("*"))
    call_command("load_demo", verbosity=0)
    assert state() == before
    assert sorted(demo.rglob("*")) == files


def test_passwords_are_random_and_kept_for_the_operator_only(demo):
    file = demo / "demo-sign-ins.json"
    assert file.stat().st_mode & 0o077 == 0
    sign_ins = json.loads(file.read_text())
    assert [role for role, _, _ in sign_ins] == ["member", "editor", "moderator"]
    for _role, username, password in sign_ins:
        assert User.objects.get(username=username).check_password(password)
    others = User.objects.exclude(username__in=[name for _, name, _ in sign_ins])
    assert not any(user.has_usable_password() for user in others)


def test_moderators_see_the_queue_and_editors_the_catalogue(demo):
    roles = {role: username for role, username, _ in json.loads(
        (demo / "demo-sign-ins.json").read_text())}  # fmt: skip
    client = Client()
    for role, address in (
        ("moderator", "/admin/reviews/review/"),
        ("moderator", "/admin/users/report/"),
        ("editor", "/admin/films/film/"),
    ):
        client.force_login(User.objects.get(username=roles[role]))
        assert client.get(address).status_code == 200
    client.force_login(User.objects.get(username=roles["member"]))
    assert client.get("/admin/").status_code != 200


def test_every_public_page_of_it_answers(demo):
    client = Client()
    addresses = [film.get_absolute_url() for film in Film.objects.published()[::40]]
    addresses += [piece.get_absolute_url() for piece in Review.objects.published()[::5]]
    addresses += [user.get_absolute_url() for user in User.objects.members()]
    addresses += [image.get_absolute_url() for image in Image.objects.published()]
    addresses += ["/", "/films/", "/themes/", "/countries/", "/essays/", "/log/"]
    assert [a for a in addresses if client.get(a).status_code != 200] == []


def test_no_picture_is_named_that_does_not_exist(demo):
    for image in Image.objects.published():
        assert image.derivatives
        for file in image.derivatives:
            assert (demo / "media" / file["name"]).stat().st_size == file["bytes"]


def test_every_file_says_what_its_record_says(files, capsys):
    call_command("verify_credits")
    assert capsys.readouterr().out == "Every file says what its record says.\n"


def exiftool(files):
    """What another program reads of them."""
    if not shutil.which("exiftool"):
        reason = "no exiftool was found on this machine"
        if os.environ.get("EXIFTOOL_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    command = ["exiftool", "-json", "-a", "-G1", "-charset", "UTF8", *map(str, files)]
    done = subprocess.run(command, capture_output=True, check=True)
    return {row["SourceFile"]: row for row in json.loads(done.stdout)}


def test_exiftool_reads_the_credit_of_every_file(demo, files):
    call_command("write_files", verbosity=0)
    images = list(Image.objects.published().select_related("license"))
    names = {image.creator_name for image in images}
    assert {"배현도", "Rhomaides Frères"} <= names
    folder = demo / "media"
    said = exiftool(folder / file["name"] for image in images for file in image.derivatives)
    for image in images:
        assert {file["format"] for file in image.derivatives} == {"webp", "jpeg", "avif"}
        for file in image.derivatives:
            row = said[str(folder / file["name"])]
            maker, license_ = image.creator_name or None, image.license
            # What looks like a number or like one item, exiftool prints without quotes or list.
            assert row.get("XMP-dc:Creator") == maker
            assert row.get("IFD0:Artist") == maker
            assert row["XMP-dc:Title"] == image.title
            assert row.get("XMP-photoshop:Source") == (image.source_url or None)
            assert row["XMP-cc:License"] == license_.url
            assert row["XMP-xmpRights:WebStatement"] == license_.url
            assert row["XMP-xmpRights:UsageTerms"] == license_.name
            assert row["IFD0:Copyright"] == row["XMP-dc:Rights"] == image.credit().rights
            assert not [name for name in row if name.startswith(("GPS", "ExifIFD", "IPTC", "ICC"))]
    call_command("verify_credits", verbosity=0)
