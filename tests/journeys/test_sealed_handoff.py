"""A handoff sealed to the receiving desk's own key, between two agencies, in a real browser.

The desk makes its key in its browser, keeps it by a passphrase and by a passkey (WebAuthn PRF), and
opens the package with each, with the file it saved, with the page that needs no network, and with
the program for the terminal. All of it under the product's own content security policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import Browser, Route, expect

from handoffs.offline import verify_handoff
from handoffs.sealed_file import seal
from tests.handoffs.sealing import SECRET, Key, files, outside, signer
from tests.journeys.people import PHONE, Person
from tests.journeys.product import ROOT, Product
from tests.journeys.test_main_job import (
    SAID,
    Story,
    log_the_referral,
    signed_in,
    triage_and_accept,
    write_it_up,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PURPOSE = "A place to stay for two children tonight"
OPENER = ROOT / "assets" / "dist" / "open-handoff.html"


def passkey_device(somebody: Person) -> None:
    """A device whose passkeys can hold a key (PRF)."""
    door = somebody.context.new_cdp_session(somebody.page)
    door.send("WebAuthn.enable")
    door.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "ctap2Version": "ctap2_1",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "hasPrf": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_sealed_handoff_from_composing_to_opening_by_every_way(
    person: Callable[..., Person], product: Product, browser: Browser, tmp_path: Path
) -> None:
    with signed_in(person("dpo")) as officer:
        make_the_archive(officer)
    desk = person("stranger").sign_in()
    passkey_device(desk)
    passphrase, key_file = make_the_desks_key(desk, tmp_path)
    story = Story(number="NCPL-2026-0218")
    with signed_in(person("intake")) as intake:
        log_the_referral(intake, story)
    worker = person("caseworker").sign_in()
    triage_and_accept(worker, story)
    write_it_up(worker)
    compose_and_send(worker, story)
    vkey = read_the_letter(worker)
    file = accept_and_open(desk, story, passphrase, key_file, vkey)
    see_that_it_was_taken(worker, story)

    opened = verify_handoff.check(file.read_bytes(), key_file, vkey, on=date.today())  # noqa: DTZ011
    assert SAID in opened.files["content.json"].decode()
    assert opened.proven
    with pytest.raises(verify_handoff.Bad):
        verify_handoff.check(file.read_bytes(), Key().in_file(tmp_path, "other.txt"), vkey)
    open_without_a_network(browser, file, key_file, vkey)


def make_the_archive(officer: Person) -> None:
    officer.go("/handoffs/archive/")
    officer.choose("First holder", "Lea Bautista")
    officer.choose("Second holder", "Mateo Cruzado")
    first, second = officer.page.get_by_label(re.compile("^Their public key")).all()
    first.fill(Key().public)
    second.fill("not a key")
    with officer.expecting(422):
        officer.click("Make the archive’s key")
        expect(officer.error_summary()).to_contain_text("public key")
    officer.page.get_by_label(re.compile("^Their public key")).last.fill(Key().public)
    officer.click("Make the archive’s key")
    officer.said("The archive has its key.")
    officer.sees("Lea Bautista, Mateo Cruzado")
    officer.look("archive", dark=True)


def make_the_desks_key(desk: Person, folder: Path) -> tuple[str, Path]:
    page = desk.page
    desk.visit("Letterbox")
    desk.follow("Your desk’s key")
    desk.look("make-a-key", heading="Your desk’s key", dark=True)
    make = page.locator('form[data-key-form="make"]')
    secret = make.get_by_label(re.compile("^Passphrase"))
    made_up = secret.input_value()
    assert re.fullmatch(r"([a-z2-9]{5}-){5}[a-z2-9]{5}", made_up)
    secret.fill("too short")
    desk.click("Make the key")
    expect(make.get_by_role("status")).to_have_text("Take at least 16 characters.")
    secret.fill(made_up)
    with page.expect_download() as download:
        desk.click("Make the key")
    key_file = folder / "desk-key.txt"
    download.value.save_as(key_file)
    desk.sees("The key in use")
    desk.sees("Passphrase")
    desk.look("desk-key", dark=True)

    # A second way: a passkey of this device, opened first with a wrong passphrase.
    add = page.locator('form[data-key-form="add"]')
    add.get_by_label("A passkey of this device").check()
    add.get_by_label("Passphrase or code").fill("another passphrase altogether")
    desk.click("Add this way")
    expect(add.get_by_role("status")).to_contain_text("did not open")
    add.get_by_label("Passphrase or code").fill(made_up)
    desk.click("Add this way")
    expect(page.get_by_role("listitem").filter(has_text="Passkey")).to_have_count(1)
    # What left this browser: the public half, and copies that open with what only they have.
    identity = pyrage.x25519.Identity.from_str(key_file.read_text().splitlines()[1])
    desk.sees(str(identity.to_public()))
    assert str(identity) not in page.content()
    assert made_up not in page.content()
    return made_up, key_file


def compose_and_send(worker: Person, story: Story) -> None:
    page = worker.page
    worker.follow("Handoffs")
    worker.follow("Compose a handoff")
    worker.choose("Who needs it", "Harbour Light Shelter")
    worker.choose("What kind of handoff", "Service referral")
    worker.fill("What they need it for", PURPOSE)
    worker.choose("Legal basis", "Vital interests")
    worker.fill("Why this basis applies", "They have nowhere to stay tonight.")
    for section in ("Case summary", "People by code and role", "Notes up to level 2"):
        worker.tick(section)
    worker.tick("Today", group="Urgency")
    page.keyboard.press("Tab")
    expect(page.locator("#they-see")).to_contain_text(SAID)
    worker.click("Look at what leaves")
    expect(worker.heading("Check and send")).to_be_visible()
    worker.click("Send to Harbour Light Shelter")
    worker.said("The handoff is sent.")
    story.handoff = page.get_by_role("heading", level=1).inner_text()
    worker.sees("two people open the archive")
    worker.look("sealed-handoff", dark=True)


def read_the_letter(worker: Person) -> str:
    worker.follow("Transmittal letter")
    worker.look("transmittal-letter", heading="Transmittal of a handoff")
    worker.sees("Received by")
    worker.never_sees(SAID)
    worker.never_sees(PURPOSE)
    text = worker.page.get_by_role("main").inner_text()
    found = re.search(r"\S+/TANGLAW\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+", text)
    assert found
    worker.follow("Back", within=worker.page.get_by_role("banner"))
    return found[0]


def accept_and_open(desk: Person, story: Story, passphrase: str, key_file: Path, vkey: str) -> Path:
    page, folder = desk.page, key_file.parent
    desk.visit("Letterbox")
    envelope = page.get_by_role("article").filter(has_text=PURPOSE)
    expect(envelope).to_contain_text("Tanglaw Foundation")
    desk.follow(f"Look at {story.handoff}")
    desk.never_sees(SAID)
    desk.click("Accept the handoff")
    desk.said("You accepted the handoff.")
    form = page.locator("form[data-open-sealed]")
    desk.look("open-sealed", dark=True)

    form.get_by_label("Passphrase", exact=True).check()
    form.get_by_label("Passphrase or code").fill("another passphrase altogether")
    desk.click("Open it here")
    expect(form.get_by_role("status")).to_contain_text("does not open with this key")
    desk.never_sees(SAID)
    refuse_what_was_tampered_with(desk, passphrase, key_file, vkey)
    form.get_by_label("Passphrase or code").fill(passphrase)
    desk.click("Open it here")
    desk.sees(SAID)
    desk.sees("Checked just now")
    desk.look("opened-sealed", dark=True)
    desk.click("Close it")
    desk.never_sees(SAID)

    form.get_by_label("Passkey", exact=True).check()
    desk.click("Open it here")
    desk.sees(SAID)
    page.reload()
    desk.never_sees(SAID)

    with page.expect_download() as download:
        desk.click("Save the sealed file")
    file = folder / f"{story.handoff}.handoff"
    assert download.value.suggested_filename == file.name
    download.value.save_as(file)
    assert SAID.encode() not in file.read_bytes()
    return file


def refuse_what_was_tampered_with(desk: Person, passphrase: str, key_file: Path, vkey: str) -> None:
    """Whatever a server in wrong hands could hand out, the page shows none of it and says why."""
    page, form = desk.page, desk.page.locator("form[data-open-sealed]")
    own, other = Key(pyrage.x25519.Identity.from_str(key_file.read_text().split()[-1])), Key()
    forger = signer(vkey.split("+")[0])
    claims = {"sender": {"name": "Tanglaw Foundation", "code": "TANGLAW", "key": vkey}}
    forged = str(forger.verifier)

    def file(**over: Any) -> bytes:
        said = outside(forger, own) | over
        made = seal(said, files(), signer=forger, recipients=[own.public], archive=other.public)
        return made.data

    elsewhere = {"name": "Another desk", "code": "OTHER", "recipients": [other.public]}
    flipped = bytearray(file())
    flipped[-40] ^= 1
    # What is handed out, the key the page holds it against, and what the page says.
    attacks = (
        (bytes(flipped), vkey, "does not open with this key"),
        (file()[:-100], vkey, "does not open with this key"),
        (file(), vkey, "signed by another sender"),
        (file(**claims), vkey, "not that of its sender"),
        (file(receiver=elsewhere), forged, "made for another desk"),
        (file(expires_on="2025-01-01"), forged, "It has expired"),
        # Without any key to hold it against, nothing is shown either.
        (file(), "", "signed by another sender"),
    )
    for data, held_against, said in attacks:
        page.route("**/sealed/", partial(hand_out, data))
        form.evaluate("(form, key) => { form.dataset.signatures = key; }", held_against)
        form.get_by_label("Passphrase or code").fill(passphrase)
        desk.click("Open it here")
        expect(form.get_by_role("status")).to_contain_text(said)
        expect(page.locator("[data-opened]")).to_be_hidden()
        assert SECRET not in page.content()
        page.unroute("**/sealed/")
    form.evaluate("(form, key) => { form.dataset.signatures = key; }", vkey)


def hand_out(data: bytes, route: Route) -> None:
    """Answer in the server's place."""
    route.fulfill(body=data, content_type="application/octet-stream")


def see_that_it_was_taken(worker: Person, story: Story) -> None:
    worker.visit("Handoffs")
    worker.follow(story.handoff)
    worker.sees("took the sealed file of the handoff")


def open_without_a_network(browser: Browser, file: Path, key_file: Path, vkey: str) -> None:
    """The page that stands in one file, in a browser that is offline."""
    context: Any = browser.new_context(viewport=PHONE, offline=True)
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(OPENER.as_uri())
    page.get_by_label("The sealed file (.handoff)").set_input_files(str(file))
    page.get_by_label("Your key, as a file").set_input_files(str(key_file))
    page.get_by_label(re.compile("sender’s public key")).fill(vkey)
    page.get_by_role("button", name="Check and open").click()
    expect(page.get_by_role("status")).to_contain_text("signed with the key you gave")
    expect(page.locator("#drawn")).to_contain_text(SAID)
    changed = file.with_name("changed.handoff")
    data = bytearray(file.read_bytes())
    data[-40] ^= 1
    changed.write_bytes(data)
    page.get_by_label("The sealed file (.handoff)").set_input_files(str(changed))
    page.get_by_role("button", name="Check and open").click()
    expect(page.get_by_role("status")).to_contain_text("Refused")
    expect(page.locator("#opened")).to_be_hidden()
    assert not faults
    context.close()
