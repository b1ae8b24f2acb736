import time

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from tests.factories import make_user


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_in(page):
    page.goto("/accounts/login/")
    page.get_by_label("Email or member name").fill("mina")
    page.locator("#id_password").fill("a long password")
    page.locator("main").get_by_role("button", name="Sign in").click()


def test_a_second_factor_is_set_up_and_signs_in_without_script(without_script):
    make_user("mina")
    page, said = without_script, []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page)
    page.goto("/accounts/2fa/totp/activate/")
    page.locator("#id_password").fill("a long password")
    page.get_by_role("button", name="Go on").click()
    picture = page.locator("main img[src^='data:']")
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 0
    while time.time() % 30 > 27:  # the code is about to be another
        time.sleep(0.2)
    page.locator("#id_code").fill(code_of(page.locator("main code").inner_text()))
    page.get_by_role("button", name="Turn it on").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download them").click()
    codes = download.value.path().read_text().split()
    assert codes == page.locator("main pre").inner_text().split()
    assert len(codes) == 10

    page.context.clear_cookies()
    sign_in(page)
    assert page.locator("h1").inner_text() == "And the second key"
    page.locator("#id_code").fill(codes[0])
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.goto("/settings/")
    assert "9 of 10 left." in page.locator("#signing-in").inner_text()
    assert not [line for line in said if "Content Security Policy" in line]
