"""A new signing key: what left before stays proven by the old one, what leaves next by the new."""

from __future__ import annotations

from functools import partial

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, DomainError
from handoffs.key_selectors import signatures_of
from handoffs.models import SigningKey
from handoffs.offline import verify_handoff
from handoffs.services.handoffs import accept_handoff, send_handoff
from handoffs.services.keys import replace_signing_key
from handoffs.services.sealing import take_sealed_file
from tests.factories import compose_handoff
from tests.handoffs.sealing import give_keys
from tests.handoffs.test_race import at_once, winners


@pytest.fixture
def keys(cast):
    return give_keys(cast)


def send(cast, story):
    draft = compose_handoff(cast.caseworker, story.case, cast.cyber_unit)
    send_handoff(actor=cast.caseworker, handoff_id=draft.pk)
    return accept_handoff(actor=cast.partner, handoff_id=draft.pk)


def in_use() -> SigningKey:
    return SigningKey.objects.using("owner").get(retired_at=None)


def test_what_left_before_and_after_is_proven_by_its_own_key(cast, story, keys):
    before, old = send(cast, story), in_use()
    new = replace_signing_key(actor=cast.supervisor, key_id=old.pk)
    after = send(cast, story)
    assert in_use().pk == new.pk
    assert new.public != old.public
    for handoff, signer, other in ((before, old, new), (after, new, old)):
        _name, data = take_sealed_file(actor=cast.partner, handoff_id=handoff.pk)
        assert verify_handoff.check(data, str(keys.desk.private), signer.public).proven
        with pytest.raises(verify_handoff.Bad):
            verify_handoff.check(data, str(keys.desk.private), other.public)


def test_the_log_says_who_replaced_it(cast, story, keys):
    send(cast, story)
    old = in_use()
    new = replace_signing_key(actor=cast.supervisor, key_id=old.pk)
    retired = AuditEvent.objects.get(verb="signing_key.retired")
    assert (retired.actor_id, retired.facts) == (cast.supervisor.pk, {"key": old.public})
    made = AuditEvent.objects.filter(verb="signing_key.made").first()
    assert made.facts == {"key": new.public}


def test_only_whoever_authorises_replaces_it_and_only_their_own(cast, story, keys):
    send(cast, story)
    old = in_use()
    with pytest.raises(Denied):
        replace_signing_key(actor=cast.caseworker, key_id=old.pk)
    with pytest.raises(SigningKey.DoesNotExist):
        replace_signing_key(actor=cast.partner, key_id=old.pk)
    assert in_use().pk == old.pk


def test_of_two_at_once_one_replaces_it(cast, story, keys):
    send(cast, story)
    deed = partial(replace_signing_key, actor=cast.supervisor, key_id=in_use().pk)
    assert winners(at_once(deed, deed)) == 1
    assert SigningKey.objects.using("owner").count() == 2


def test_what_leaves_meanwhile_is_proven(cast, story, keys):
    send(cast, story)
    old = in_use()
    drafts = [compose_handoff(cast.caseworker, story.case, cast.cyber_unit) for _ in range(3)]
    sends = [partial(send_handoff, actor=cast.caseworker, handoff_id=one.pk) for one in drafts]
    replace = partial(replace_signing_key, actor=cast.supervisor, key_id=old.pk)
    assert winners(at_once(*sends, replace)) == 4
    for draft in drafts:
        accept_handoff(actor=cast.partner, handoff_id=draft.pk)
        _name, data = take_sealed_file(actor=cast.partner, handoff_id=draft.pk)
        with reading(cast.partner):
            shown = signatures_of(cast.partner, type(draft).objects.get(pk=draft.pk))
        assert any(_proves(data, keys, public) for public in shown)


def _proves(data, keys, public) -> bool:
    try:
        return bool(verify_handoff.check(data, str(keys.desk.private), public).proven)
    except verify_handoff.Bad:
        return False


def test_the_page_shows_it_and_replaces_it(cast, story, keys, client_of):
    client, address = client_of(cast.supervisor), reverse("handoffs:signing_key")
    assert "There is none yet" in client.get(address).content.decode()
    send(cast, story)
    old = in_use()
    assert "Replace the signing key" in client.get(address).content.decode()
    assert client.post(address, {"key": str(old.pk)}).status_code == 302
    assert in_use().pk != old.pk
    late = client.post(address, {"key": str(old.pk)})
    assert late.status_code == 422
    assert "replaced already" in late.content.decode()
    assert client_of(cast.caseworker).get(address).status_code == 403


def test_a_key_that_is_not_there_is_replaced_by_nobody(cast, story, keys):
    send(cast, story)
    replace_signing_key(actor=cast.supervisor, key_id=in_use().pk)
    retired = SigningKey.objects.using("owner").exclude(retired_at=None).get()
    with pytest.raises(DomainError):
        replace_signing_key(actor=cast.supervisor, key_id=retired.pk)
