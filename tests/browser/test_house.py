def test_an_unknown_address_shows_a_page_that_breaks_no_policy(live_server, page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    response = page.goto(f"{live_server.url}/nowhere/")
    assert response.status == 404
    assert page.locator("h1").count() == 1
    assert not [text for text in complaints if "Content Security Policy" in text]
