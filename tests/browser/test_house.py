"""The house itself: it opens, speaks the browser's language and keeps its policy."""


def test_the_house_opens_in_the_browser(house, page):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith(house.url) else complaints.append(request.url),
    )

    answer = page.goto(f"{house.url}/accounts/login/")

    assert answer.status == 200
    assert complaints == []


def test_a_killed_child_comes_back(house, page):
    house.kill("worker")
    house.kill("web")

    assert page.goto(f"{house.url}/accounts/login/").status == 200
