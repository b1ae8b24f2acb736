import pytest
from django.conf import settings as site
from django.test import Client
from playwright.sync_api import expect

PATIENCE = 15_000  # ms, for a machine that has much else to do
expect.set_options(timeout=PATIENCE)


@pytest.fixture(autouse=True)
def loops_are_counted_elsewhere(settings):
    """The admin reads one member from several lines; what pages cost has tests of its own."""
    settings.ZEAL_RAISE = False


@pytest.fixture(scope="session")
def base_url(live_server):
    """So that pages are opened by their path alone."""
    return live_server.url


@pytest.fixture(autouse=True)
def complaints(context):
    """What the console says of any page: errors, and what the policy forbids."""
    said = []

    def listen(page):
        page.on("console", lambda message: message.type == "error" and said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))

    context.on("page", listen)
    return said


@pytest.fixture
def page(complaints, page):
    page.set_default_timeout(PATIENCE)
    return page


@pytest.fixture
def sign_in(context, base_url):
    """Gives the browser a member's session without the form."""

    def as_member(user):
        client = Client()
        client.force_login(user)
        name = site.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": base_url}])
        return user

    return as_member


@pytest.fixture
def without_script(browser, base_url):
    """A page in which no script runs."""
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
