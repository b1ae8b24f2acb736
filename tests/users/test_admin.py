import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from films.models import FileErrand, FilmImage, Language
from films.models.merge import merge
from reviews.models import (
    Export,
    Keeping,
    LeftText,
    Mark,
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
from users.admin_paginator import BoundedPaginator
from users.models import Letter, ModerationAction, Report, Rule, SiteSettings, User
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
    "films.filmmerge",
    "django_tasks_database.dbtaskresult",
}  # fmt: skip
PRIVATE = ("reviews.keeping", "users.notification", "users.letter", "reviews.export",
           "reviews.mark", "reviews.workingcopy", "reviews.lefttext", "films.fileerrand",
           "django_tasks_database.dbtaskresult")  # fmt: skip
ROLES = ["administrator", "moderator", "editor"]


def staff(role):
    if role == "administrator":
        return boss()
    return make_user(f"some_{role}", role=role)


def boss():
    user = make_user("the_boss", is_superuser=True)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return User.objects.get(pk=user.pk)


def sees(role, label):
    if role == "moderator":
        return label not in ("auth.group", "users.sitesettings", "films.filmmerge", *PRIVATE)
    return role == "administrator" or label in EDITED


def adds(role, label):
    return sees(role, label) and role != "moderator" and label not in NEVER_ADDED


@pytest.fixture
def one_of_each(worker):
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
    FileErrand.objects.get_or_create(image=make_image())
    merge(film, make_film("Tengoku to jigoku"), by=make_user(role="editor"), reason="The same.")
    Report.objects.create(
        target=comment, target_title=str(comment), reporter=make_user(), reason="spam", note="Look."
    )
    member = make_user("a_reader")
    Rating.objects.rate(film, by=member, value=7)
    Viewing.objects.create(member=member, film=film)
    Keeping.objects.create(member=member, film=film)
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


def url_of(label, page, *args):
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


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
        "show_passage",
    }  # fmt: skip


# The door


def test_the_staff_door_is_the_sites_own_sign_in(client):
    answer = client.get(reverse("admin:index"), follow=True)
    address, _status = answer.redirect_chain[-1]
    assert address.startswith(reverse("account_login"))
    assert "next=%2Fadmin%2F" in address


def test_a_password_sent_to_the_admins_own_form_signs_nobody_in(client):
    make_user("mod_one", role="moderator")
    given = {"username": "mod_one", "password": "a long password"}
    answer = client.post(reverse("admin:login"), given)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_a_member_is_refused(client):
    client.force_login(make_user())
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.status_code == 403


# The dashboard


def test_dashboard_names_what_waits(client, one_of_each):
    client.force_login(staff("moderator"))
    page = client.get(reverse("admin:index"))
    waiting = {figure["label"]: figure["count"] for figure in page.context["figures"]}
    assert waiting == {
        "reviews held": 1, "comments held": 0, "afterthoughts held": 0, "pictures held": 0, "reports open": 1,
        "films to check": 0, "hidden passages not found any more": 0,
    }  # fmt: skip
    assert page.context["sum_actions"] == 4
    assert page.context["sum_reports"] == 1


def test_dashboard_shows_an_editor_the_catalogue_only(client, one_of_each):
    client.force_login(staff("editor"))
    page = client.get(reverse("admin:index"))
    assert {figure["label"] for figure in page.context["figures"]} == {
        "films to check",
        "pictures held",
    }
    assert "actions" not in page.context


def test_dashboard_costs_the_same_with_more_rows(client):
    client.force_login(staff("moderator"))
    film = make_film()

    def queries(more):
        for _number in range(more):
            make_review(film=film, status="held", words=20)
        client.get(reverse("admin:index"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("admin:index"))
        return len(captured)

    assert queries(3) == queries(9)


# The record


@pytest.mark.parametrize("page", ["change", "delete"])
def test_the_record_cannot_be_changed_by_an_administrator(client, one_of_each, page):
    action = ModerationAction.objects.first()
    client.force_login(boss())
    answer = client.post(
        url_of("users.moderationaction", page, action.pk), {"reason": "x", "post": "yes"}
    )
    assert answer.status_code == 403
    assert ModerationAction.objects.get(pk=action.pk).reason == action.reason


def test_the_record_cannot_be_added_to_by_hand(client):
    client.force_login(boss())
    assert client.post(url_of("users.moderationaction", "add"), {"reason": "x"}).status_code == 403
    assert not ModerationAction.objects.exists()


def test_the_record_is_found_by_number_and_by_moderator(client, one_of_each):
    client.force_login(boss())
    first, second = ModerationAction.objects.order_by("pk")[:2]
    for term in (first.entry, str(first.pk), first.moderator.username):
        page = client.get(url_of("users.moderationaction", "changelist"), {"q": term})
        assert list(page.context["cl"].result_list) == [first], term
    page = client.get(url_of("users.moderationaction", "changelist"), {"verb__exact": "hide"})
    assert second in page.context["cl"].result_list


# Reports


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


def test_two_reports_of_one_piece_are_settled_by_one_decision(client):
    piece = make_review()
    for _number in range(2):
        Report.objects.create(
            target=piece, target_title=str(piece), reporter=make_user(), reason="spam"
        )
    client.force_login(staff("moderator"))
    both = list(Report.objects.values_list("pk", flat=True))
    settle(client, Report.objects.first(), post="yes", reason="Fine.", _selected_action=both)
    assert ModerationAction.objects.count() == 1
    assert not Report.objects.open().exists()


def test_a_report_of_a_piece_that_became_a_draft_is_refused_and_not_linked(client):
    piece = make_review()
    report = Report.objects.create(
        target=piece, target_title="A piece", reporter=make_user(), reason="spam"
    )
    piece.unpublish(by=piece.author)
    client.force_login(staff("moderator"))
    page = settle(client, report, post="yes", reason="Fine.")
    assert "no longer there" in page.content.decode()
    page = client.get(url_of("users.report", "change", report.pk)).content.decode()
    assert url_of("reviews.review", "change", piece.pk) not in page


# Members


def test_members_are_neither_added_nor_deleted(client):
    member = make_user("a_reader")
    client.force_login(boss())
    assert client.get(url_of("users.user", "add")).status_code == 403
    answer = client.post(url_of("users.user", "delete", member.pk), {"post": "yes"})
    assert answer.status_code == 403
    assert User.objects.filter(pk=member.pk).exists()


def test_a_moderator_sees_no_address_and_no_password(client):
    member = make_user("a_reader", email="private@example.org")
    client.force_login(staff("moderator"))
    html = client.get(url_of("users.user", "change", member.pk)).content.decode()
    assert "private@example.org" not in html
    assert member.password not in html
    found = client.get(url_of("users.user", "changelist"), {"q": "private@example.org"})
    assert not found.context["cl"].result_list


@pytest.mark.parametrize("lookup", ["password__startswith", "email__contains", "about__contains"])
def test_lists_answer_no_question_that_they_do_not_offer(client, lookup):
    make_user("a_reader")
    client.force_login(staff("moderator"))
    assert client.get(url_of("users.user", "changelist"), {lookup: "a"}).status_code == 400


def test_members_are_found_by_the_beginning_of_a_username(client):
    member, _other = make_user("Reader_one"), make_user("somebody")
    client.force_login(staff("moderator"))
    found = client.get(url_of("users.user", "changelist"), {"q": "reader"})
    assert list(found.context["cl"].result_list) == [member]


def test_a_members_page_shows_what_they_do(client):
    piece = make_review(title="On rain and roofs")
    Report.objects.create(
        target=piece, target_title="On rain and roofs", reporter=make_user(), reason="plagiarism"
    )
    client.force_login(staff("moderator"))
    html = client.get(url_of("users.user", "change", piece.author.pk)).content.decode()
    assert url_of("reviews.review", "change", piece.pk) in html
    assert url_of("users.report", "change", Report.objects.get().pk) in html


def test_the_groups_have_what_their_work_needs_and_no_more():
    def names(group):
        pairs = Group.objects.get(name=group).permissions.values_list("codename", flat=True)
        return set(pairs)

    moderators, editors = names("Moderators"), names("Editors")
    assert "moderate" in moderators
    assert {name for name in moderators if not name.startswith("view_")} == {"moderate"}
    assert "moderate" not in editors
    assert not {n for n in editors if n.endswith(("_user", "_review", "_comment", "_report"))}
    assert {"add_film", "change_film", "change_image", "add_themelabel"} <= editors
    assert not {"delete_film", "delete_image", "delete_theme", "add_image"} & editors


def test_a_rule_that_was_used_is_not_deleted(client):
    rule = Rule.objects.order_by("number").first()
    client.force_login(boss())
    assert client.get(url_of("users.rule", "delete", rule.pk)).status_code == 200
    make_review().hide(by=make_user(role="moderator"), rule=rule, reason="It names somebody.")
    assert client.get(url_of("users.rule", "delete", rule.pk)).status_code == 403


def test_lists_stop_counting_at_a_thousand():
    Language.objects.bulk_create([Language(code=f"x{n}", name=f"L{n}") for n in range(1005)])
    paginator = BoundedPaginator(Language.objects.order_by("pk"), 25)
    assert (paginator.count, paginator.is_capped, paginator.num_pages) == (1000, True, 40)


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
        for choice in spec.choices(page.context["cl"]):
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


def test_one_essay_is_not_said_as_several():
    members = admin.site._registry[User]
    assert members.wrote(User(essay_count=1, note_count=0)) == "1 essay, 0 notes"
    assert members.wrote(User(essay_count=2, note_count=1)) == "2 essays, 1 note"


def test_the_words_of_the_staff_side_fit_where_they_stand(client):
    client.force_login(make_user(role="moderator", is_superuser=True))
    letters = client.get("/admin/users/letter/").content.decode()
    assert "None yet" in letters
    assert "Take a filter away" not in letters
    assert "What you do here is written" not in letters
    assert (
        "Take a filter away" in client.get("/admin/users/user/?q=nobody-of-this").content.decode()
    )
    tasks = client.get("/admin/django_tasks_database/dbtaskresult/").content.decode()
    assert "<h1>Work for the worker</h1>" in tasks
    assert "Tasks Database Backend" not in tasks
    report = Report.objects.file(make_review(), by=make_user(), reason="spam")
    Report.objects.filter(pk=report.pk).update(created_at="2026-03-04T17:54Z")
    assert "4 Mar 2026, 17:54" in client.get("/admin/users/report/").content.decode()


def test_a_limit_below_one_is_refused_in_words_that_are_so(client):
    client.force_login(make_user(role="moderator", is_superuser=True))
    page = client.post("/admin/users/sitesettings/add/", {"films_an_hour": "-1"})
    assert "greater than or equal to 1" in page.content.decode()
