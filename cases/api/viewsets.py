"""The case file for programs: the same scope, the same services."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.closing import ReopenCaseSerializer
from cases.api.family import ChangeLegalStatusSerializer, GiveRoleSerializer
from cases.api.safety import DeclareConflictSerializer
from cases.api.serializers import (
    AddParticipantSerializer,
    AssessRiskSerializer,
    AssignTeamSerializer,
    CaseSerializer,
    ChangeLevelSerializer,
    ChangeStageSerializer,
    CheckNoteSerializer,
    CorrectIdentitySerializer,
    IdentitySerializer,
    MoveJusticeTrackSerializer,
    NoteRowSerializer,
    NoteSerializer,
    NoticedSerializer,
    OpenCaseSerializer,
    OpenManySerializer,
    ParticipantSerializer,
    RecordNeedsSerializer,
    ShowIdentitySerializer,
    StatePurposeSerializer,
    WriteNoteSerializer,
)
from cases.api.sight import SightActions
from cases.choices import ALLEGED_OFFENDERS, LegalStatus, NoteKind, ParticipantRole
from cases.models import Case, CaseNote, CaseParticipant
from cases.note_checks import TEXTS, look_again
from cases.selectors import known_details
from cases.services import (
    cases,
    closing,
    conflicts,
    identity,
    justice,
    legal_status,
    needs,
    notes,
    people,
    purposes,
)
from core.api import IF_MATCH, ScopedViewSet
from core.choices import Sensitivity
from core.errors import DomainError
from core.requests import session_mark


class CaseViewSet(SightActions):
    """Cases one sees: list, read, open, change, close, and who sees them."""

    model = Case
    permission = "cases.read_case"
    lists = "case.listed"
    reads = "case.opened"
    unasked = frozenset({"purpose"})
    serializer_class = CaseSerializer
    filterset_fields = ("protection_stage", "justice_stage", "risk")

    @extend_schema(request=StatePurposeSerializer, responses={200: CaseSerializer})
    @action(detail=True, methods=["post"])
    def purpose(self, request: Request, pk: uuid.UUID) -> Response:
        """Say why one opens the case; it holds for four hours."""
        data = self.validated(StatePurposeSerializer)
        purposes.state_purpose(actor=self.request.user, case_id=pk, at=timezone.now(), **data)
        with self.request._request.reading() as look:
            case = self.get_queryset().get(pk=pk)
            look.record(self.reads, case, purpose=data["purpose"])
            return self.changed(case)

    @extend_schema(request=OpenManySerializer, responses={202: None})
    @action(detail=False, methods=["post"], url_path="open-many")
    def open_many(self, request: Request) -> Response:
        """Ask a second person to let one open many cases within the next twelve hours."""
        data = self.validated(OpenManySerializer)
        purposes.ask_to_open_many(actor=self.request.user, at=timezone.now(), **data)
        return Response(status=202)

    @extend_schema(request=OpenCaseSerializer, responses={201: CaseSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open a case for one of one's own teams."""
        data = self.validated(OpenCaseSerializer)
        case = cases.open_case(actor=self.request.user, team_id=data.pop("team"), **data)
        return self.changed(case, status=201)

    @extend_schema(parameters=[IF_MATCH], request=ChangeStageSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"], url_path="change-stage")
    def change_stage(self, request: Request, pk: Any = None) -> Response:
        """Take one step of the protection track."""
        data = self.validated(ChangeStageSerializer)
        return self.changed(
            cases.change_stage(
                actor=self.request.user, case_id=pk, version=self.seen_version(), **data
            )
        )

    @extend_schema(parameters=[IF_MATCH], request=AssessRiskSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"], url_path="assess-risk")
    def assess_risk(self, request: Request, pk: Any = None) -> Response:
        """Say how great the risk is now."""
        data = self.validated(AssessRiskSerializer)
        return self.changed(
            cases.assess_risk(
                actor=self.request.user, case_id=pk, version=self.seen_version(), **data
            )
        )

    @extend_schema(
        parameters=[IF_MATCH], request=MoveJusticeTrackSerializer, responses=CaseSerializer
    )
    @action(detail=True, methods=["post"], url_path="move-justice-track")
    def move_justice_track(self, request: Request, pk: Any = None) -> Response:
        """Take one step of the justice track."""
        data = self.validated(MoveJusticeTrackSerializer)
        return self.changed(
            justice.move_justice_track(
                actor=self.request.user, case_id=pk, version=self.seen_version(), **data
            )
        )

    @extend_schema(parameters=[IF_MATCH], request=ReopenCaseSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: Any = None) -> Response:
        """Open a closed case again."""
        data = self.validated(ReopenCaseSerializer)
        again = closing.reopen_case(
            actor=self.request.user, case_id=pk, version=self.seen_version(), **data
        )
        return self.changed(again.case)

    @extend_schema(request=AssignTeamSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"], url_path="assign-team")
    def assign_team(self, request: Request, pk: Any = None) -> Response:
        """Give another team of the agency sight of the case."""
        data = self.validated(AssignTeamSerializer)
        case = cases.assign_team(
            actor=self.request.user, case_id=pk, team_id=data.pop("team"), **data
        )
        return self.changed(case)

    @extend_schema(request=DeclareConflictSerializer, responses={204: None})
    @action(detail=True, methods=["post"], url_path="declare-conflict")
    def declare_conflict(self, request: Request, pk: Any = None) -> Response:
        """Declare a conflict of interest; one's own hides the case from the answer on."""
        data = self.validated(DeclareConflictSerializer)
        conflicts.declare_conflict(
            actor=self.request.user,
            case_id=pk,
            relation=data["relation"],
            participant_id=data.get("participant"),
            user_id=data.get("user"),
        )
        return Response(status=204)


class ParticipantFilter(django_filters.FilterSet):
    case = django_filters.UUIDFilter(field_name="case_id")
    role = django_filters.ChoiceFilter(choices=ParticipantRole.choices)
    legal_status = django_filters.ChoiceFilter(choices=LegalStatus.choices)


class ParticipantViewSet(ScopedViewSet):
    """People of the cases one sees, by code: list, read, add, show identity.

    A list over all cases leaves alleged offenders out; children displaying harmful sexual
    behaviour are listed only when asked for by their role.
    """

    model = CaseParticipant
    permission = "cases.read_person"
    lists = "person.listed"
    reads = "person.opened"
    steps_up = frozenset({"show_identity", "correct_identity"})
    serializer_class = ParticipantSerializer
    filterset_class = ParticipantFilter

    def get_queryset(self) -> Any:
        found = super().get_queryset().select_related("person").order_by("person__code", "pk")
        if self.action != "list":
            return found
        asked = self.request.query_params
        # R-A6: alleged offenders are found in their case, never across cases. R-A7: children whose
        # behaviour harmed others are asked for by themselves.
        if not asked.get("case"):
            found = found.exclude(role__in=ALLEGED_OFFENDERS)
        if asked.get("role") != ParticipantRole.CHILD_DISPLAYING_HSB:
            found = found.exclude(role=ParticipantRole.CHILD_DISPLAYING_HSB)
        return found

    @extend_schema(request=AddParticipantSerializer, responses={201: ParticipantSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add somebody to a case."""
        data = self.validated(AddParticipantSerializer)
        place = people.add_participant(actor=self.request.user, case_id=data.pop("case"), **data)
        return self.changed(place, status=201)

    @extend_schema(request=ChangeLegalStatusSerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="change-legal-status")
    def change_legal_status(self, request: Request, pk: Any = None) -> Response:
        """Take one step of the law about an alleged offender."""
        data = self.validated(ChangeLegalStatusSerializer)
        return self.changed(
            legal_status.change_legal_status(actor=self.request.user, participant_id=pk, **data)
        )

    @extend_schema(
        parameters=[IF_MATCH], request=RecordNeedsSerializer, responses=ParticipantSerializer
    )
    @action(detail=True, methods=["post"], url_path="record-needs")
    def record_needs(self, request: Request, pk: Any = None) -> Response:
        """Languages and what helps; `If-Match` is the version of the person."""
        data = self.validated(RecordNeedsSerializer)
        return self.changed(
            needs.record_needs(
                actor=self.request.user, participant_id=pk, version=self.seen_version(), **data
            )
        )

    @extend_schema(request=GiveRoleSerializer, responses={201: ParticipantSerializer})
    @action(detail=True, methods=["post"], url_path="give-role")
    def give_role(self, request: Request, pk: Any = None) -> Response:
        """Give a person a further role."""
        data = self.validated(GiveRoleSerializer)
        place = legal_status.give_role(
            actor=self.request.user, participant_id=pk, case_id=data.pop("case", None), **data
        )
        return self.changed(place, status=201)

    @extend_schema(request=CorrectIdentitySerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="correct-identity")
    def correct_identity(self, request: Request, pk: Any = None) -> Response:
        """Put right who somebody is, with a reason; what stood before is kept, sealed."""
        data = self.validated(CorrectIdentitySerializer)
        with self.request._request.reading():
            place = self.get_object()
        identity.correct_identity(actor=self.request.user, person_id=place.person_id, **data)
        return self.changed(place)

    @extend_schema(request=ShowIdentitySerializer, responses=IdentitySerializer)
    @action(detail=True, methods=["post"], url_path="show-identity")
    def show_identity(self, request: Request, pk: Any = None) -> Response:
        """Open who somebody is, for a purpose; the opening is recorded."""
        data = self.validated(ShowIdentitySerializer)
        with self.request._request.reading():
            person_id = self.get_object().person_id
        details = people.show_identity(
            actor=self.request.user,
            person_id=person_id,
            session_mark=session_mark(self.request._request),
            **data,
        )
        with self.request._request.reading():
            version, _names = known_details(self.request.user, person_id)
        shown = {"person": person_id, "details": details, "version": version}
        return Response(IdentitySerializer(shown).data)


class NoteFilter(django_filters.FilterSet):
    case = django_filters.UUIDFilter(field_name="case_id")
    kind = django_filters.ChoiceFilter(choices=NoteKind.choices)
    sensitivity = django_filters.ChoiceFilter(choices=Sensitivity.choices)


class NoteViewSet(ScopedViewSet):
    """Notes one may read: list without text, read with it, write."""

    model = CaseNote
    permission = "cases.read_note"
    lists = "note.listed"
    reads = "note.opened"
    filterset_class = NoteFilter

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        return found.defer(*TEXTS) if self.action == "list" else found

    def get_serializer_class(self) -> Any:
        return NoteRowSerializer if self.action == "list" else NoteSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        if response.data["unreadable"]:
            with self.request._request.reading() as look:
                look.record(
                    "text.unreadable", self.get_object(), fields=response.data["unreadable"]
                )
        return response

    @extend_schema(request=WriteNoteSerializer, responses={201: NoteSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write and sign a note, or an addendum to one.

        With an `Idempotency-Key` (a UUID) the same request sent twice makes one note.
        """
        data = self.validated(WriteNoteSerializer)
        note = notes.write_note(
            actor=self.request.user,
            case_id=data.pop("case"),
            person_id=data.pop("person", None),
            addendum_to_id=data.pop("addendum_to", None),
            reader_ids=data.pop("readers", ()),
            mention_ids=data.pop("mentions", ()),
            interview_agency_id=data.pop("interview_agency", None),
            note_id=_key_of(request),
            **data,
        )
        return self.changed(note, status=201)

    @extend_schema(request=ChangeLevelSerializer, responses=NoteRowSerializer)
    @action(detail=True, methods=["post"], url_path="change-level")
    def change_level(self, request: Request, pk: Any = None) -> Response:
        """Give a signed note another level."""
        data = self.validated(ChangeLevelSerializer)
        note = notes.change_level(actor=self.request.user, note_id=pk, **data)
        return Response(NoteRowSerializer(note).data)

    @extend_schema(request=CheckNoteSerializer, responses=NoticedSerializer)
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """What to look at once more in a note that is not signed yet."""
        data = self.validated(CheckNoteSerializer)
        with self.request._request.reading() as look:
            case = Case.objects.visible_to(self.request.user).get(pk=data["case"])
            look.record("case.opened", case)
            noticed = look_again(
                self.request.user,
                case,
                {part: data.get(part, "") for part in TEXTS},
                kind=data["kind"],
                sensitivity=data.get("sensitivity"),
                person_id=data.get("person"),
            )
        words = [
            {"part": part, "written": word.written, "instead": word.instead, "why": word.why}
            for part, found in noticed.words.items()
            for word in found
        ]
        told = {"words": words, "names_in": noticed.names_in, "long": noticed.long}
        return Response(NoticedSerializer(told).data)


def _key_of(request: Request) -> uuid.UUID | None:
    """The caller's own id for what it writes, so that sending it twice makes one."""
    asked = request.headers.get("Idempotency-Key", "")
    try:
        return uuid.UUID(asked) if asked else None
    except ValueError:
        raise DomainError("The Idempotency-Key is no UUID.", code="bad_key") from None
