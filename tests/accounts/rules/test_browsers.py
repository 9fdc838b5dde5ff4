"""What a session list calls a browser."""

import pytest

from accounts.rules.browsers import browser_of

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (f"{CHROME} Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("curl/8.5", "curl"),
        ("Something (Android 16)", "Browser on Android"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_have_names(user_agent: str, shown: str) -> None:
    assert browser_of(user_agent=user_agent) == shown
