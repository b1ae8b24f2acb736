import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from config import views
from tests.factories import make_comment, make_image, make_review, make_user
from users.gone import gone
from users.models import Rule, SiteSettings


@pytest.fixture
def no_database(monkeypatch):
    """Nor does the process know anything of it."""
    SiteSettings.forget()

    def fail(*args):
        raise OperationalError("The database cannot be reached.")

    monkeypatch.setattr(connection, "ensure_connection", fail)
    monkeypatch.setattr(connection, "cursor", fail)


def request():
    return RequestFactory().get("/somewhere/")


@pytest.mark.parametrize(
    ("view", "status", "says"),
    [
        (views.bad_request, 400, "Out of frame"),
        (views.permission_denied, 403, "Not with this ticket"),
        (views.csrf_failure, 403, "nothing was lost"),
        (views.not_found, 404, "This reel is missing"),
        (views.server_error, 500, "The film has caught"),
    ],
)
def test_error_pages_need_neither_session_nor_database(view, status, says, no_database):
    response = view(request())
    assert response.status_code == status
    page = response.content.decode()
    assert says in page
    assert 'class="leader' in page
    assert "{{" not in page


def test_a_body_that_is_too_large_has_its_own_page(no_database):
    response = views.bad_request(request(), RequestDataTooBig())
    assert response.status_code == 413
    assert "Wider than our screen" in response.content.decode()


def test_server_error_names_the_requests_id():
    broken = request()
    broken.id = "0123456789abcdef"
    assert "reference 0123456789abcdef" in views.server_error(broken).content.decode()


def test_permission_denied_leads_visitors_to_the_sign_in(no_database):
    page = views.permission_denied(request(), PermissionDenied()).content.decode()
    assert 'href="/accounts/login/"' in page


@pytest.mark.django_db
def test_a_form_without_its_token_is_told_how_to_go_back():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "x"})
    assert response.status_code == 403
    assert "This form waited too long" in response.content.decode()


@pytest.mark.django_db
def test_removed_piece_names_its_rule_and_leads_to_the_log():
    rule = Rule.objects.order_by("number").first()
    piece = make_review(title="Do not print me", lead="Nor this.")
    action = piece.remove(by=make_user(role="moderator"), reason="It attacks.", rule=rule)
    page = gone(request(), piece)
    text = page.content.decode()
    assert page.status_code == 410
    assert "An essay stood here" in text
    assert f"rule {rule.number}, {rule.title}" in text
    assert f'href="{action.get_absolute_url()}"' in text
    assert piece.film.get_absolute_url() in text
    assert "Do not print me" not in text
    assert "Nor this." not in text
    assert piece.author.username not in text


@pytest.mark.django_db
def test_deleted_piece_says_that_its_author_took_it_down():
    note = make_review(words=20, status="deleted")
    text = gone(request(), note).content.decode()
    assert "A note stood here" in text
    assert "Its author took it down." in text
    assert "/log/" not in text.partition("<main")[2].partition("</main")[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "says"), [(make_image, "A picture stood here"), (make_comment, "A comment stood here")]
)
def test_other_things_are_called_what_they_are(make, says):
    assert says in gone(request(), make(status="removed")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_an_address_that_only_takes_forms_has_a_page_and_a_way_on(client, method):
    response = getattr(client, method)("/settings/leave/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    page = client.get("/settings/leave/").content.decode()
    assert "Nothing runs at this address" in page
    assert '/accounts/login/?next=%2F"' in page
