"""What the journeys rely on: somebody who judges a page finds what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.people import Faults, Person

pytestmark = pytest.mark.journey

SIGN_IN = "/account/login/"


def found(faults: Faults) -> str:
    """What was found so far, which is then forgotten."""
    words = "\n".join(faults)
    faults.clear()
    return words


def test_a_control_without_a_label_is_found(person: Callable[..., Person], faults: Faults) -> None:
    reader = person("intake")
    reader.go(SIGN_IN)
    reader.look("sign-in", dark=True)
    assert found(faults) == ""

    reader.page.evaluate("() => document.querySelector('label').remove()")
    reader.look("sign-in")
    assert "sign-in, wide: axe label" in found(faults)


def test_words_too_pale_to_read_are_found_in_the_dark_as_well(
    person: Callable[..., Person], faults: Faults
) -> None:
    reader = person("intake")
    reader.go(SIGN_IN)
    reader.page.evaluate(
        """() => {
            const dark = matchMedia("(prefers-color-scheme: dark)");
            const pale = () => {
                document.querySelector("h1").style.color = dark.matches ? "#444" : "";
            };
            dark.addEventListener("change", pale);
        }"""
    )
    reader.look("sign-in", dark=True)
    words = found(faults)
    assert "dark: axe color-contrast" in words
    assert "sign-in, wide: axe" not in words


def test_a_page_wider_than_a_phone_is_found(person: Callable[..., Person], faults: Faults) -> None:
    reader = person("intake")
    reader.go(SIGN_IN)
    reader.page.evaluate("() => { document.querySelector('main').style.width = '500px'; }")
    reader.look("sign-in")
    assert "px to scroll sideways" in found(faults)


def test_what_the_policy_refuses_is_found(person: Callable[..., Person], faults: Faults) -> None:
    reader = person("intake")
    reader.go(SIGN_IN)
    assert found(faults) == ""
    with reader.page.expect_console_message(lambda message: message.text.startswith("CSP:")):
        reader.page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.ran = true";
                document.head.append(script);
            }"""
        )
    assert "script-src" in found(faults)
    assert reader.page.evaluate("() => window.ran") is None


def test_an_answer_nobody_expected_is_found(person: Callable[..., Person], faults: Faults) -> None:
    reader = person("intake")
    reader.go("/nowhere/")
    assert "404 from /nowhere/" in found(faults)
    with reader.expecting(404):
        reader.go("/nowhere/")
    assert found(faults) == ""
