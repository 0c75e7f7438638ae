"""Every model says who sees it; an exemption has a reason and goes stale loudly."""

from __future__ import annotations

import pytest
from django.apps import apps

from core.querysets import ScopedQuerySet

OURS = {
    "accounts",
    "audit",
    "cases",
    "courts",
    "desk",
    "handoffs",
    "referrals",
    "reporting",
    "vault",
}
EXEMPT = {
    "audit.AuditLeaf": "hashes; read by the auditor's connection alone",
    "audit.AuditCheckpoint": "signed sizes and roots; read by the auditor's connection alone",
    "audit.AuditArchive": "ranges and sums; read by the auditor's connection alone",
    "audit.AuditRetention": "how long the log's parts are kept; nobody's data",
    "audit.AuditCosignature": "witnesses' signatures; read by the auditor's connection alone",
    "audit.StructureSnapshot": "how the database is built; read by the auditor's connection alone",
    "audit.OutboxMessage": "task names and ids; read by the sender alone",
}


def our_models():
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_says_who_sees_it(model):
    manager = model._default_manager
    scoped = isinstance(manager.all(), ScopedQuerySet)
    if model._meta.label in EXEMPT:
        assert not scoped, f"{model._meta.label} is scoped now: remove its exemption"
        return
    assert scoped, f"{model._meta.label} has no ScopedQuerySet"
    queryset = type(manager.all())
    assert queryset.visible_to is not ScopedQuerySet.visible_to, "visible_to is not written"


def test_exemptions_name_models_that_exist():
    assert set(EXEMPT) <= {model._meta.label for model in our_models()}


def test_the_base_queryset_raises_until_a_model_says():
    class Unsaid(ScopedQuerySet):
        pass

    model = next(iter(our_models()))
    with pytest.raises(NotImplementedError):
        Unsaid(model).visible_to(None)
