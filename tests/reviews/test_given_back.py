"""Whatever a form about a piece is refused for, all that was typed comes back."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from films.models import Image, License
from reviews.models import Review
from tests.factories import bring_to, make_film, make_image, make_review, make_user
from tests.films.test_uploads import WHOLE
from tests.reviews.test_writing import WRITE, form_key, typed
from users.models import SiteSettings

pytestmark = pytest.mark.django_db
SOON = (timezone.now() + timedelta(days=40)).date().isoformat()


class Fields(HTMLParser):
    """(name, value) of what the forms of a page would send."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.select, self.area = [], None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self.forms.append([])
        elif tag == "input" and name and given.get("type") not in ("submit", "file"):
            is_box = given.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in given:
                self.forms[-1].append((name, given.get("value", "on" if is_box else "")))
        elif tag == "textarea":
            self.area = [name, ""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.forms[-1].append((self.select, given.get("value") or ""))

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.forms[-1].append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None


@pytest.mark.parametrize("view", ["preview", "theme", "draft", "pictures", "add"])
def test_files_that_are_only_kept_count_as_well(client, media_folder, view):
    SiteSettings(pictures_an_hour=1).save()
    author, film = make_user(), make_film("Hope", 2013)
    client.force_login(author)
    draft = make_review(author, film, status="draft")
    data = {"film": film.slug, "title": "A yellow bag", "body": "It rained.", "language": "en",
            "text_license": "CC0-1.0", "view": view, "picture-title": "Window"}  # fmt: skip
    for size, kept in (((60, 40), 1), ((70, 40), 1)):
        draft.refresh_from_db()
        sent = data | {"picture-file": picture_file(size), "version": draft.version}
        response = client.post(f"/write/{draft.pk}/", sent)
        assert Image.objects.count() == kept
    assert response.status_code == 422
    page = response.content.decode()
    assert "one picture an hour" in page
    assert 'value="Window"' in page
    assert "It rained." in page


def test_a_picture_that_was_kept_has_counted(client, media_folder):
    SiteSettings(pictures_an_hour=1).save()
    author, film = make_user(), make_film("Hope", 2013)
    client.force_login(author)
    draft = make_review(author, film, status="draft")
    data = {"film": film.slug, "body": "It rained.", "language": "en", "text_license": "CC0-1.0",
            "picture-title": "Window"}  # fmt: skip
    sent = data | {"picture-file": picture_file(), "version": draft.version}
    assert client.post(f"/write/{draft.pk}/", sent).status_code == 422
    draft.refresh_from_db()
    whole = {f"picture-{name}": value for name, value in WHOLE.items()}
    again = data | whole | {"picture-kept": Image.objects.get().key, "version": draft.version}
    assert client.post(f"/write/{draft.pk}/", again).status_code == 302
    assert draft.review_images.get().image == Image.objects.get()


def sent_again_by(page, index=0):
    """{name: [values]} of the form on the page that has a text."""
    forms = [form for form in Fields(page.content.decode()).forms if "body" in dict(form)]
    found = {}
    for name, value in forms[index]:
        found.setdefault(name, []).append(value)
    return found


def everything(film, answered, **more):
    data = {
        "film": film.slug, "title": "A yellow bag", "lead": "What is in it.",
        "body": "  비가 왔다.\n\n" + "비 " * 900, "language": "ko", "rating": "3.5", "seen_day": "4",
        "seen_month": "5", "seen_year": "2014", "seen_as": "again", "themes": ["family", "grief"],
        "theme": "rain, father and daughter", "is_spoiler": "on", "text_license": "CC-BY-SA-4.0",
        "comment_policy": "held", "answers": answered.slug, "drop_answer": "on",
        "version": "1", "window": "window-of-this-one",
        "picture-title": "Window light", "picture-creator_name": "Asahachi Kono",
        "picture-creator_url": "https://example.org/kono", "picture-basis": "permission",
        "picture-license": str(License.objects.get(pk="CC0-1.0").pk),
        "picture-source_url": "https://example.org/window", "picture-permission": "By letter.",
        "picture-proof": "Dear Mina, yes.",
        "picture-alt_text": "A barred window.", "picture-changes": "cropped",
    }  # fmt: skip
    return data | more


def refusal_of(name):
    """What makes the site refuse a form: fields, and for how many it is the hour's last."""
    past = (timezone.now() - timedelta(days=1)).date().isoformat()
    return {
        "time that is over": {"publish_on": past, "publish_time": "10:00", "view": "schedule"},
        "long title": {"title": "long " * 60},
        "long lead": {"lead": "long " * 200},
        "long text": {"body": "long " * 9_000},
        "long note": {"what_changed": "long " * 100},
        "unclosed spoiler": {"body": "He >!never closed it. " + "비 " * 900},
        "long theme": {"theme": "long " * 20},
        "too many themes": {"theme": ", ".join("abcdefghijklmn")},
        "no such day": {"seen_day": "31", "seen_month": "2"},
        "no such rating": {"rating": NO_BOX},
        "no picture": {"picture-file": SimpleUploadedFile("a.jpg", b"no picture")},
        "picture without a maker": {"picture-creator_name": ""},
        "limit": {},
        "signed out": {},
        "stale": {"version": "0", "window": ""},
    }[name]


REFUSALS = [
    "time that is over", "long title", "long lead", "long text", "long note", "unclosed spoiler",
    "long theme", "too many themes", "no such day", "no such rating", "no picture",
    "picture without a maker", "limit", "signed out", "stale",
]  # fmt: skip
OF_A_NEW_ONE = [name for name in REFUSALS if name not in ("long note", "stale")]
OF_A_PUBLISHED_ONE = [name for name in REFUSALS if name not in ("time that is over", "limit")]
NOT_BACK = {"publish", "view", "version", "window", "picture-file"}
NO_BOX = "99"  # a rating that there is nothing to choose for
STATUS = {"limit": 429, "signed out": 403, "stale": 409}


@pytest.fixture
def writer(client):
    user = make_user("mina")
    client.force_login(user)
    return user


def picture_file(size=(640, 360)):
    import io

    from PIL import Image as Still

    file = io.BytesIO()
    Still.new("RGB", size, "navy").save(file, "JPEG")
    return SimpleUploadedFile("window.jpg", file.getvalue(), "image/jpeg")


def assert_given_back(page, sent, refusal):
    assert page.status_code == STATUS.get(refusal, 422)
    back = sent_again_by(page)
    for name in ("is_spoiler", "drop_answer"):  # a form that is carried along says "True"
        back[name] = ["on" if value in ("True", "1") else value for value in back[name]]
    lost = {}
    for name, value in sent.items():
        wanted = value if isinstance(value, list) else [value]
        if name not in NOT_BACK and wanted != [NO_BOX] and back.get(name) != wanted:
            lost[name] = wanted, back.get(name)
    assert not lost
    if refusal not in ("no picture", "signed out"):
        assert back["picture-kept"][0]


@pytest.mark.parametrize("refusal", OF_A_NEW_ONE)
def test_a_new_piece_that_is_refused_comes_back_whole(client, writer, refusal):
    film, answered = make_film(themes=["family"]), make_review(title="Another bag")
    sent = everything(film, answered, form_key=form_key(client), publish="1",
                      publish_on=SOON, publish_time="10:30")  # fmt: skip
    sent |= {"picture-file": picture_file()} | refusal_of(refusal)
    if "view" in sent:
        del sent["publish"]
    if refusal == "limit":
        SiteSettings.objects.update_or_create(defaults={"pieces_an_hour": 1})
        make_spent(writer)
    if refusal == "signed out":
        client.logout()
    page = client.post(WRITE, sent)
    assert_given_back(page, sent, refusal)
    assert not Review.objects.by(writer).published().exists()


@pytest.mark.parametrize(("wrong", "status"), [({"seen_day": "x"}, 422), ({"version": "0"}, 409)])
def test_a_picture_to_be_taken_out_is_still_to_be_taken_out(client, writer, wrong, status):
    piece = make_review(writer, title="As it was")
    piece.set_images(make_image(), [])
    sent = typed(piece.film, drop_picture="1", publish="1") | wrong
    page = client.post(reverse("reviews:edit", args=[piece.pk]), sent)
    assert page.status_code == status
    assert sent_again_by(page)["drop_picture"] == ["1"]


@pytest.mark.parametrize("status", ["deleted", "removed"])
def test_a_form_whose_piece_is_gone_makes_a_draft_of_its_own(client, writer, status):
    piece = make_review(writer)
    sent = everything(piece.film, make_review(title="Another bag"), publish="1")
    bring_to(piece, status)
    address = reverse("reviews:edit", args=[piece.pk])
    page = client.post(address, sent | {"title": "long " * 60})
    assert page.status_code == 422
    assert "long long long" in page.content.decode()
    page = client.get(client.post(address, sent).url)
    assert "What you wrote is a draft of its own now." in page.content.decode()
    draft = Review.objects.drafts().get()
    assert (draft.title, draft.film, draft.language) == ("A yellow bag", piece.film, "ko")
    assert draft.body == sent["body"]
    assert not Review.objects.published().by(writer).exists()


def make_spent(writer):
    from users.limits import spend

    spend("piece", writer)


@pytest.mark.parametrize("refusal", OF_A_PUBLISHED_ONE)
def test_changes_to_a_published_piece_that_are_refused_come_back_whole(client, writer, refusal):
    piece = make_review(writer, title="As it was", body="as it was " * 200)
    sent = everything(piece.film, make_review(title="Another bag"),
                      publish="1", what_changed="I had his job wrong.")  # fmt: skip
    sent |= {"picture-file": picture_file()} | refusal_of(refusal)
    if refusal == "signed out":
        client.logout()
    page = client.post(reverse("reviews:edit", args=[piece.pk]), sent)
    assert_given_back(page, sent, refusal)
    piece.refresh_from_db()
    assert piece.body.startswith("as it was")


def test_what_was_said_of_a_change_comes_back_if_readers_see_the_piece_no_longer(client, writer):
    piece = make_review(writer, status="hidden")
    said = typed(piece.film, version=str(piece.version), what_changed="A line on the bag.")
    page = client.post(reverse("reviews:edit", args=[piece.pk]), said, follow=True)
    assert "A line on the bag." in page.content.decode()
    piece.refresh_from_db()
    assert piece.body == said["body"]
