"""Everything that a member made, in one ZIP that opens without this software."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date

import pytest

from films.models import Image
from reviews.models import Comment, LeftText, Viewing, WorkingCopy
from tests.factories import make_afterthought, make_film, make_review, make_user
from tests.films.test_pictures import upload, uploaded
from users import limits
from users.models import Report

pytestmark = pytest.mark.django_db
EXPORT = "/settings/export/"


@pytest.fixture
def member(client):
    member = make_user("mina", display_name="Mina Baek", about="Fathers, courts and kitchens.")
    client.force_login(member)
    return member


def taken(client):
    """{name: bytes} of what is in the ZIP."""
    response = client.post(EXPORT)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    data = b"".join(response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_everything_a_member_made_is_in_it(client, member):
    film = make_film("Miracle in Cell No. 7", 2013, imdb_id="tt2659414", themes=["injustice"])
    essay = make_review(author=member, film=film, title="오래된 모자: a “hat”", themes=["injustice"],
                        lead="A line.", rating=9)  # fmt: skip
    make_afterthought(essay, text="It is *the hook*.", is_still=False)
    note = make_review(author=member, film=film, words=60)
    draft = make_review(author=member, film=film, status="draft", title="Not yet", body="half a")
    held = make_review(author=member, film=film, status="held", title="Waiting")
    WorkingCopy.objects.keep(essay, {"body": "Not shown yet."}, version=0, window="")
    LeftText.objects.leave(draft, of=draft, version=1)
    Comment.objects.add(review=make_review(), author=member, body="So did *mine*.")
    Viewing.objects.see(film, by=member, seen_on=date(2026, 3, 14), precision="day")
    film.keepings.create(member=member)
    Report.objects.file(make_review(title="Theirs"), by=member, reason="spam", note="It sells.")
    image = upload(member)
    client.get("/about/")  # the first page of a session puts it onto the list
    found = taken(client)
    text = found[f"essays/{essay.slug}.md"].decode()
    head, body = text.removeprefix("---\n").split("---\n", 1)
    facts = {
        line.split(": ", 1)[0]: json.loads(line.split(": ", 1)[1]) for line in head.splitlines()
    }
    assert facts["title"] == essay.title
    assert facts["film"] == "Miracle in Cell No. 7"
    assert (facts["imdb"], facts["rating"], facts["themes"]) == ("tt2659414", 4.5, ["injustice"])
    (after,) = facts["afterthoughts"]
    assert (after["after"], after["still_with_me"], after["text"]) == (
        "year",
        False,
        "It is *the hook*.",
    )
    assert facts["address"] == f"http://testserver{essay.get_absolute_url()}"
    assert body == f"\n*A line.*\n\n{essay.body}\n"
    assert f"notes/note-{note.pk}.md" in found
    assert found[f"drafts/essay-{draft.pk}.md" if draft.kind == "essay" else f"drafts/note-{draft.pk}.md"].endswith(b"half a\n")  # fmt: skip
    assert f"essays/{held.slug}.md" in found
    assert len(json.loads(found["pieces.json"])) == 4
    beside = json.loads(found["unpublished.json"])
    assert [copy["body"] for copy in beside["changes"]] == ["Not shown yet."]
    assert [text["body"] for text in beside["not_kept"]] == ["half a"]
    assert json.loads(found["replies.json"])[0]["body"] == "So did *mine*."
    assert rows(found["ratings.csv"])[0]["half_stars"] == "9"
    assert {"2026-03-14"} <= {row["seen"] for row in rows(found["viewings.csv"])}
    assert rows(found["later.csv"])[0]["film"] == "Miracle in Cell No. 7"
    assert rows(found["votes.csv"])[0]["theme"] == "injustice"
    assert json.loads(found["reports.json"])[0]["note"] == "It sells."
    account = json.loads(found["account.json"])
    assert account["email"] == "mina@example.org"
    assert account["signed_in"][0]["device"] == "an unknown device"
    assert client.session.session_key not in found["account.json"].decode()
    (credit,) = rows(found["credits.csv"])
    assert credit["creator"] == "Ada Moon"
    with Image.objects.get(pk=image.pk).original.open("rb") as file:
        assert found[credit["file"]] == file.read()


def test_each_file_is_summed_up(client, member):
    make_review(author=member)
    found = taken(client)
    sums = found.pop("checksums.sha256").decode().splitlines()
    assert {line.split("  ", 1)[1] for line in sums} == set(found)
    for line in sums:
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(found[name]).hexdigest() == digest


def test_nothing_of_anybody_else_is_in_it(client, member):
    other = make_user("other", email="other@example.org", display_name="Quonsellary")
    make_review(author=other, title="Quonsellary one")
    Comment.objects.add(review=make_review(author=member), author=other, body="Quonsellary two")
    assert all(b"Quonsellary" not in data for data in taken(client).values())


def test_a_spreadsheet_runs_nothing(client, member):
    film = make_film("=HYPERLINK(1)")
    film.ratings.rate(film, by=member, value=3)
    assert rows(taken(client)["ratings.csv"])[0]["film"] == "'=HYPERLINK(1)"


def test_a_picture_whose_file_is_lost_stops_nothing(client, member):
    image = upload(member)
    image.original.storage.delete(image.original.name)
    (credit,) = rows(taken(client)["credits.csv"])
    assert (credit["file"], credit["title"]) == ("", "Street at dusk")


@pytest.mark.parametrize("verb", ["hide", "remove"])
def test_a_picture_that_was_taken_down_is_there_as_its_record_alone(client, member, verb):
    image = uploaded(member)
    getattr(image, verb)(by=make_user("keeper", role="moderator"), reason="No licence.")
    found = taken(client)
    (credit,) = rows(found["credits.csv"])
    assert (credit["file"], credit["title"], credit["status"]) == (
        "", "Street at dusk", image.status,
    )  # fmt: skip
    assert not [name for name in found if name.startswith("pictures/")]


def test_it_is_offered_in_the_settings_and_made_for_members_only(client, member):
    assert f'action="{EXPORT}"' in client.get("/settings/").content.decode()
    assert client.get(EXPORT).status_code == 405
    client.logout()
    assert client.post(EXPORT).status_code == 403


def test_it_is_made_five_times_an_hour(client, member, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "export", 1)
    taken(client)
    response = client.post(EXPORT)
    assert response.status_code == 429
    assert "Retry-After" in response
