import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from films.models import Language
from reviews.models import Review
from tests.factories import (
    make_film,
    make_review,
    make_user,
)
from tests.staff import boss, staff, url_of
from users.admin_paginator import BoundedPaginator
from users.models import ModerationAction, Report, Rule, User
from users.notifications import lines_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("verbs_one_by_one")]


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


def test_the_record_cannot_be_added_to_by_hand(client):
    client.force_login(boss())
    assert client.post(url_of("users.moderationaction", "add"), {"reason": "x"}).status_code == 403
    assert not ModerationAction.objects.exists()


def settle(client, report, **given):
    data = {"action": "keep", "index": 0, "_selected_action": report.pk, **given}
    return client.post(url_of("users.report", "changelist"), data, follow=True)


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


@pytest.mark.parametrize(
    ("taken", "status"), [("unpublish", "draft"), ("delete_by_owner", "deleted")]
)
def test_a_report_of_what_its_author_took_away_is_closed(client, taken, status):
    piece, reader = make_review(), make_user()
    Report.objects.file(piece, by=reader, reason="spam", passage="Buy.")
    report = Report.objects.get()
    getattr(piece, taken)(by=piece.author)
    Review.objects.filter(pk=piece.pk).update(title="Nobody else’s business")
    client.force_login(staff("moderator"))
    page = client.get(url_of("users.report", "change", report.pk)).content.decode()
    assert "Close: its author took it away" in page
    assert url_of("reviews.review", "change", piece.pk) not in page
    settle(client, report, post="yes", reason=" ")
    assert Report.objects.open().exists()
    page = settle(client, report, post="yes", reason="It was advertising.", passage="Private.")
    assert "Nobody else" not in page.content.decode()
    action = ModerationAction.objects.get(settled_reports=report)
    assert (action.verb, action.from_status, action.to_status) == ("keep", status, status)
    assert (action.target_title, action.passage) == (report.target_title, "")
    piece.refresh_from_db()
    assert piece.status == status
    (line,) = lines_for(reader.notifications.all())
    assert "was taken away by its author" in line.text
    assert not piece.author.notifications.exists()
    for address in ("/log/", line.address, url_of("users.moderationaction", "changelist")):
        page = client.get(address).content.decode()
        assert "Taken away by its author" in page
        assert "Nobody else" not in page


def test_a_report_of_what_came_back_or_is_ones_own_is_not_closed_like_that():
    moderator = make_user(role="moderator")
    for piece in (make_review(), make_review(author=moderator, status="draft")):
        report = Report.objects.create(
            target=piece, target_title="A piece", reporter=make_user(), reason="spam"
        )
        with pytest.raises((ValidationError, PermissionDenied)):
            report.close_as_withdrawn(by=moderator, reason="Fine.")
    assert not ModerationAction.objects.exists()


def test_members_are_neither_added_nor_deleted(client):
    member = make_user("a_reader")
    client.force_login(boss())
    assert client.get(url_of("users.user", "add")).status_code == 403
    answer = client.post(url_of("users.user", "delete", member.pk), {"post": "yes"})
    assert answer.status_code == 403
    assert User.objects.filter(pk=member.pk).exists()


def test_the_name_of_who_has_left_is_not_for_change(client):
    gone = make_user("former-3", left_at=timezone.now())
    client.force_login(boss())
    page = client.get(url_of("users.user", "change", gone.pk)).content.decode()
    assert "former-3" in page
    assert 'name="username"' not in page
    assert 'name="display_name"' in page


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
