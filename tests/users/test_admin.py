import re
from itertools import islice

import pytest
from django.contrib import admin
from django.test.utils import override_settings
from django.urls import reverse

from films.models import FileErrand, FilmImage, Language, PermissionProof
from films.models.merge import merge
from reviews.models import (
    Export,
    Keeping,
    LeftText,
    Mark,
    Quotation,
    Rating,
    TextRule,
    Viewing,
    WorkingCopy,
)
from tests.factories import (
    make_afterthought,
    make_comment,
    make_film,
    make_image,
    make_review,
    make_user,
)
from tests.staff import boss, staff, url_of
from users.models import Letter, ModerationAction, Report, SiteSettings
from users.staff_admin import StaffAdmin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]
REGISTERED = sorted(model._meta.label_lower for model in admin.site._registry)
EDITED = {
    "films.film", "films.theme", "films.country", "films.language", "films.license",
    "films.image", "films.person", "films.filmmerge",
}  # fmt: skip
NEVER_ADDED = {
    "films.image", "reviews.review", "reviews.comment", "reviews.rating", "reviews.viewing",
    "users.user", "users.report", "users.moderationaction", "users.sitesettings",
    "reviews.keeping", "users.notification", "users.letter", "reviews.export",
    "reviews.afterthought", "reviews.question", "reviews.mark", "reviews.revision",
    "reviews.hiddenpassage", "reviews.workingcopy", "reviews.lefttext", "films.fileerrand",
    "films.filmmerge", "films.creditchange", "films.permissionproof", "reviews.quotation",
    "django_tasks_database.dbtaskresult",
}  # fmt: skip
PRIVATE = ("reviews.keeping", "users.notification", "users.letter", "reviews.export",
           "reviews.mark", "reviews.workingcopy", "reviews.lefttext", "films.fileerrand",
           "films.creditchange", "django_tasks_database.dbtaskresult")  # fmt: skip
ROLES = ["administrator", "moderator", "editor"]


def sees(role, label):
    if role == "moderator":
        return label not in ("auth.group", "users.sitesettings", "films.filmmerge", *PRIVATE)
    return role == "administrator" or label in EDITED


def adds(role, label):
    return sees(role, label) and role != "moderator" and label not in NEVER_ADDED


@pytest.fixture(scope="module")
def one_of_each(rows_for_all):
    """A row of every model, with inlines on the film."""
    film = make_film("High and Low", directors=["Akira Kurosawa"], themes=["crime"])
    FilmImage.objects.create(film=film, image=make_image())
    piece = make_review(film=film, status="held")
    comment = make_comment(piece, status="hidden")
    make_afterthought(make_review(film=film))
    told = make_review(film=film, body="A word too many. " * 30)
    told.hide_passage(by=make_user(role="moderator"), passage="A word too many", reason="Why.")
    member = make_user("a_marker")
    Mark.objects.give(told, by=member, kind=Mark.Kind.USEFUL)
    LeftText.objects.leave(told, of=told, version=1)
    WorkingCopy.objects.keep(told, {"body": "Another word."}, version=0, window="")
    image = make_image()
    FileErrand.objects.get_or_create(image=image)
    image.correct_credit(by=image.uploaded_by, title="A barge")
    PermissionProof.objects.keep(make_image(), "By letter.")
    Quotation.objects.quote(make_image(), review=told, passage="A word too many")
    merge(film, make_film("Tengoku to jigoku"), by=make_user(role="editor"), reason="The same.")
    Report.objects.create(
        target=comment, target_title=str(comment), reporter=make_user(), reason="spam", note="Look."
    )
    member = make_user("a_reader")
    Rating.objects.rate(film, by=member, value=7)
    Viewing.objects.create(member=member, film=film)
    Keeping.objects.create(member=member, film=film)
    waiting = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with override_settings(WORKER=True, TASKS=waiting):
        Letter.objects.post(member, to=member.email, subject="A", body="B")
        Export.objects.order(member)
    TextRule.objects.create(kind="words", text="cheap pills", outcome="hold", note="Advertising.")
    Language.objects.get_or_create(code="ko", defaults={"name": "Korean"})
    SiteSettings(contact="house@example.org").save()


def rows():
    """(label, a row) of every registered model that has one which staff may see."""
    for model, entry in admin.site._registry.items():
        row = entry.opts.default_manager.exclude(pk=None).order_by("pk").first()
        yield model._meta.label_lower, row


@pytest.mark.parametrize("role", ROLES)
def test_lists_and_add_pages_open_as_the_role_allows(client, one_of_each, role):
    client.force_login(staff(role))
    for label in REGISTERED:
        listed = client.get(url_of(label, "changelist")).status_code
        added = client.get(url_of(label, "add")).status_code
        assert listed == (200 if sees(role, label) else 403), label
        assert added == (200 if adds(role, label) else 403), label


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_rows_open_as_the_role_allows(client, one_of_each, role):
    client.force_login(staff(role))
    for label, row in rows():
        assert row is not None, label
        answer = client.get(url_of(label, "change", row.pk))
        assert answer.status_code == (200 if sees(role, label) else 403), label


def test_staff_pages_hold_no_inline_style_or_script(client, one_of_each):
    client.force_login(boss())
    pages = [reverse("admin:index")]
    for label, row in rows():
        pages += [url_of(label, "changelist"), url_of(label, "change", row.pk)]
    for page in pages:
        answer = client.get(page)
        html = answer.content.decode()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", html), page


def test_every_registered_screen_is_ours():
    assert all(isinstance(entry, StaffAdmin) for entry in admin.site._registry.values())
    assert len(REGISTERED) >= 16


def test_every_bulk_action_is_a_verb_or_named_by_us(rf):
    request = rf.get("/")
    request.user = boss()
    named = {name for e in admin.site._registry.values() for name in e.get_actions(request)}
    assert named == {
        "keep", "publish", "hold", "hide", "remove", "restore", "label", "mark_checked",
        "draw_card_anew", "take_off_second_factor", "merge", "undo", "hide_passage",
        "show_passage", "check_credits", "unlabel",
    }  # fmt: skip


def test_dashboard_names_what_waits(client, one_of_each):
    client.force_login(staff("moderator"))
    page = client.get(reverse("admin:index"))
    waiting = {figure["label"]: figure["count"] for figure in page.context["figures"]}
    assert waiting == {
        "reviews held": 1, "comments held": 0, "afterthoughts held": 0, "pictures held": 0, "reports open": 1,
        "pictures to look at": 4, "films to check": 0, "hidden passages not found any more": 0,
    }  # fmt: skip
    assert page.context["sum_actions"] == 4
    assert page.context["sum_reports"] == 1


def test_dashboard_shows_an_editor_the_catalogue_only(client, one_of_each):
    client.force_login(staff("editor"))
    page = client.get(reverse("admin:index"))
    assert {figure["label"] for figure in page.context["figures"]} == {
        "films to check",
        "pictures held",
        "pictures to look at",
    }
    assert "actions" not in page.context


@pytest.mark.parametrize("page", ["change", "delete"])
def test_the_record_cannot_be_changed_by_an_administrator(client, one_of_each, page):
    action = ModerationAction.objects.first()
    client.force_login(boss())
    answer = client.post(
        url_of("users.moderationaction", page, action.pk), {"reason": "x", "post": "yes"}
    )
    assert answer.status_code == 403
    assert ModerationAction.objects.get(pk=action.pk).reason == action.reason


def test_the_record_is_found_by_number_and_by_moderator(client, one_of_each):
    client.force_login(boss())
    first, second = ModerationAction.objects.order_by("pk")[:2]
    for term in (first.entry, str(first.pk), first.moderator.username):
        page = client.get(url_of("users.moderationaction", "changelist"), {"q": term})
        assert list(page.context["cl"].result_list) == [first], term
    page = client.get(url_of("users.moderationaction", "changelist"), {"verb__exact": "hide"})
    assert second in page.context["cl"].result_list


def settle(client, report, **given):
    data = {"action": "keep", "index": 0, "_selected_action": report.pk, **given}
    return client.post(url_of("users.report", "changelist"), data, follow=True)


def test_a_report_is_settled_with_a_reason(client, one_of_each):
    report, moderator = Report.objects.get(), staff("moderator")
    client.force_login(moderator)
    settle(client, report)
    settle(client, report, post="yes", reason=" ")
    report.refresh_from_db()
    assert report.settled_by is None
    settle(client, report, post="yes", reason="It says nothing wrong.")
    report.refresh_from_db()
    assert (report.settled_by.verb, report.settled_by.moderator) == ("keep", moderator)
    assert report.settled_by.target == report.target
    assert report.target.status == "hidden"


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("moderator", "/admin/users/user/?groups__user__email__startswith=some"),
        ("moderator", "/admin/users/user/?groups__user__password__contains=x"),
        ("moderator", "/admin/users/moderationaction/?rule__actions__moderator__email__contains=x"),
        ("editor", "/admin/films/image/?license__images__uploaded_by__email__contains=x"),
        ("editor", "/admin/films/image/?license__images__status=draft"),
    ],
)
def test_no_question_reaches_through_a_filter_to_other_tables(client, role, address):
    client.force_login(staff(role))
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("label", REGISTERED)
def test_every_filter_that_a_list_offers_is_answered(client, one_of_each, label):
    client.force_login(boss())
    page = client.get(url_of(label, "changelist"))
    for spec in page.context["cl"].filter_specs:
        for choice in islice(spec.choices(page.context["cl"]), 8):
            answer = client.get(url_of(label, "changelist") + choice["query_string"])
            assert answer.status_code == 200


@pytest.mark.parametrize("key", ["x", "", "1,2", "a\0b", "9" * 30])
@pytest.mark.parametrize("label", ["reviews.review", "films.image", "films.license"])
def test_no_row_is_chosen_by_what_cannot_be_a_key(client, one_of_each, label, key):
    client.force_login(staff("moderator"))
    sent = {"action": "hide", "_selected_action": [key]}
    assert client.post(url_of(label, "changelist"), sent).status_code in (200, 302, 400)


@pytest.mark.parametrize("parameter", ["q", "status", "language", "region", "license", "p"])
def test_no_list_is_asked_for_nul(client, parameter):
    client.force_login(boss())
    for label in REGISTERED:
        assert client.get(url_of(label, "changelist"), {parameter: "a\0b"}).status_code == 400
