"""What is known of survivors, under HTCDS names: what the actor may see of them, and no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.choices import HarmType, ProtectionStage
from cases.models import CaseParticipant, HarmRecord, PersonIdentity, SurvivorContext
from core.actors import Actor
from handoffs.choices import Section, Status
from handoffs.exporting.columns import NAMED
from handoffs.models import Handoff
from referrals.htcds.codes import PLATFORMS
from referrals.models import Referral
from referrals.policies import can_read_summary
from vault.keys import load_keys

# The kinds of harm that HTCDS and CTDC have a name for; livestreaming is exploitation at a distance
# (domain.md 2.2).
SEX_EXPLOITATION_OF = {
    HarmType.LIVE_STREAMING: "RemoteInteractiveServices",
    HarmType.CSAM_PRODUCTION: "Pornography",
    HarmType.EXPLOITATION_IN_PROSTITUTION: "Prostitution",
}
STATUS_OF = {
    ProtectionStage.CLOSED: "Closed",
    ProtectionStage.TRANSFERRED: "ClosedReferred",
    ProtectionStage.FOLLOW_UP: "FollowUp",
}
# Keys of an identity under the house's other names for them.
AT_HOME = {"email": "prs_Email", "street": "prs_MailingStreet", "city": "prs_MailingCity"} | {
    "postal_code": "prs_MailingPostalCode"
}
PARTICULARS = {
    "control": "vic_MethodsOfControl",
    "recruitment": "vic_MethodOfRecruitment",
    "exploitation": "vic_TypeOfExploitation",
    "sex_exploitation": "vic_TypeOfSexExploitation",
}


@dataclass
class Row:
    """One survivor in one case: HTCDS name → value; empty ones are absent."""

    place: CaseParticipant
    values: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, value: Any) -> None:
        """Ours goes before what a source once told; nothing does not."""
        if value not in (None, "", [], ()):
            self.values[name] = value


def read_rows(actor: Actor, place_ids: Collection[UUID], held: Collection[str]) -> list[Row]:
    """The rows of visible places, case by case, in the order of their codes.

    Opens what is sealed under the people's and the referrals' keys, as far as `held` needs it.

    Raises:
        vault.errors.CannotOpen: something of it does not open; nobody's row is half a row.
    """
    places = list(
        CaseParticipant.objects.visible_to(actor)
        .filter(pk__in=place_ids)
        .select_related("case", "person")
        .order_by("case__reference", "person__code")
    )
    people = {place.person_id for place in places}
    load_keys(("person", person_id) for person_id in people)
    # What a source told stands with the identity, its coded answers too.
    identities = {
        one.person_id: dict(one.details)
        for one in PersonIdentity.objects.visible_to(actor).filter(person_id__in=people)
    }
    contexts = _by_place(SurvivorContext.objects.visible_to(actor), places)
    harms = _by_place(HarmRecord.objects.visible_to(actor), places)
    referrals = _referrals(actor, places)
    sent = _sent(actor, places) if Section.NOTES in held else {}
    rows = []
    for place in places:
        row = Row(place)
        details = identities.get(place.person_id, {})
        for name, value in (details.get("as_reported") or {}).items():
            row.put(name, value)
        _who(row, details)
        _harm(row, contexts.get(place.pk, []), harms.get(place.pk, []))
        _case(row, referrals.get((place.case_id, place.person_id)), actor)
        if (to := sent.get(place.case_id)) is not None:
            row.put("cas_ReferredOrganisation", to.to_agency.name)
            row.put("cas_OutgoingReferralDate", timezone.localdate(to.sent_at).isoformat())
        rows.append(row)
    return rows


def _by_place(found: Any, places: Iterable[CaseParticipant]) -> dict[UUID, list[Any]]:
    by_place: dict[UUID, list[Any]] = {}
    for one in found.filter(participant_id__in=[place.pk for place in places]):
        by_place.setdefault(one.participant_id, []).append(one)
    return by_place


def _referrals(
    actor: Actor, places: Collection[CaseParticipant]
) -> dict[tuple[UUID, UUID], Referral]:
    found = list(
        Referral.objects.visible_to(actor)
        .filter(
            case_id__in={place.case_id for place in places},
            subject_person_id__in={place.person_id for place in places},
        )
        .order_by("-received_at")
    )
    load_keys(("referral", one.pk) for one in found)
    # The first that told of them, where several did.
    return {(one.case_id, one.subject_person_id): one for one in found}


def _sent(actor: Actor, places: Collection[CaseParticipant]) -> dict[UUID, Handoff]:
    accepted = (
        Handoff.objects.visible_to(actor)
        .filter(
            case_id__in={place.case_id for place in places},
            status__in=(Status.ACCEPTED, Status.COMPLETED),
        )
        .select_related("to_agency")
        .order_by("sent_at")
    )
    return {one.case_id: one for one in accepted}


def _who(row: Row, details: Mapping[str, Any]) -> None:
    person = row.place.person
    for name, key in NAMED.items():
        row.put(name, details.get(key))
    for key, name in AT_HOME.items():
        row.put(name, details.get(key))
    phones = [str(one) for one in details.get("phones") or ()]
    # Which of them was told as the one at home; the rest are in the order they were told.
    home = row.values.pop("prs_HomePhone", None)
    if home in phones:
        phones.remove(home)
    else:
        home = None
    row.put("prs_MobilePhone", phones.pop(0) if phones else None)
    row.put("prs_HomePhone", home or (phones[0] if phones else None))
    row.put("prs_Gender", person.gender)
    row.put("prs_Citizenship", list(person.citizenships))
    for name, code in zip(
        ("prs_PrimaryLanguage", "prs_SecondaryLanguage"), person.languages, strict=False
    ):
        row.put(name, code)


def _harm(row: Row, contexts: list[SurvivorContext], harms: list[HarmRecord]) -> None:
    for context in contexts:
        row.put("vic_TraffickingStatus", context.trafficking_status)
        row.put("vic_TraffickingStatusDecisionMakingOrg", context.decided_by)
        row.put("vic_AgeWhenTrafficked", context.age_when_first)
        for key, name in PARTICULARS.items():
            row.put(name, list((context.particulars or {}).get(key) or ()))
    if not harms:
        return
    row.put("vic_RecruitmentWebsitesAndApps", _platforms(harms, "recruitment_platforms"))
    row.put("vic_ExploitationWebsitesAndApps", _platforms(harms, "exploitation_platforms"))
    ours = [SEX_EXPLOITATION_OF.get(HarmType(one.harm_type)) for one in harms]
    sex = dict.fromkeys([*row.values.get("vic_TypeOfSexExploitation", ()), *filter(None, ours)])
    row.put("vic_TypeOfSexExploitation", list(sex))
    if sex:
        kinds = [*row.values.get("vic_TypeOfExploitation", ()), "SexualExploitation"]
        row.put("vic_TypeOfExploitation", list(dict.fromkeys(kinds)))


def _platforms(harms: list[HarmRecord], of: str) -> list[str]:
    """Places that the standard has no name for are its `Other`."""
    named = [code for one in harms for code in getattr(one, of)]
    return list(dict.fromkeys(code if code in PLATFORMS else "Other" for code in named))


def _case(row: Row, referral: Referral | None, actor: Actor) -> None:
    stage = ProtectionStage(row.place.case.protection_stage)
    row.put("cas_Status", STATUS_OF.get(stage, "Active"))
    # Nobody is in the file who did not agree.
    row.put("con_Consent", True)
    if referral is None:
        return
    row.put("cas_ReferringOrganisation", referral.source_name)
    row.put("cas_IncomingReferralDate", timezone.localdate(referral.received_at).isoformat())
    if can_read_summary(actor):
        row.put("cas_IncomingReferralDetails", referral.summary)
