"""The referral desk for programs: the same scope, the same services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.duties import DutyRowSerializer
from cases.api.rights import ErasureSerializer
from core.api import ScopedViewSet
from core.errors import Denied
from core.serializers import NothingSerializer, StrictSerializer
from referrals import selectors
from referrals.api.indicators import (
    AssessSerializer,
    IndicatorsSerializer,
    ObserveSerializer,
    ReportedPaymentSerializer,
    TakeBackSerializer,
)
from referrals.api.serializers import (
    AcceptReferralSerializer,
    AnswerSerializer,
    AskSourceSerializer,
    DeclineReferralSerializer,
    DuplicateSerializer,
    FeedbackSerializer,
    HandedOnSerializer,
    LogReferralSerializer,
    MatchSerializer,
    NoteReferralDutySerializer,
    NoteSerializer,
    OpenedSummarySerializer,
    RedirectSerializer,
    ReferralRowSerializer,
    ReferralSerializer,
    RequestReferralErasureSerializer,
    WaySerializer,
)
from referrals.models import Referral
from referrals.policies import can_read_summary
from referrals.selectors.indicators import indicators_of
from referrals.selectors.matching import likely_matches
from referrals.services import asking, closing, deciding, desk, indicators
from referrals.services.duties import note_referral_duty
from referrals.services.erasing import request_referral_erasure


class ReferralViewSet(ScopedViewSet):
    """Referrals of one's teams and cases: list, read, log, and each step to their end."""

    model = Referral
    permission = "referrals.read_referral"
    lists = "referral.listed"
    reads = "referral.opened"
    filterset_fields = ("status", "immediate_danger", "source_category", "content_origin")

    def get_queryset(self) -> Any:
        referrals = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return referrals
        if self.action == "list":
            referrals = referrals.defer(*selectors.SEALED)
        return selectors.with_seen_case(referrals, self.request.user)

    def get_serializer_class(self) -> Any:
        return ReferralRowSerializer if self.action == "list" else ReferralSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One referral; what of it does not open is recorded."""
        response = super().retrieve(request, *args, **kwargs)
        if response.data["unreadable"]:
            with self.request._request.reading() as look:
                look.record(
                    "text.unreadable", self.get_object(), fields=response.data["unreadable"]
                )
        return response

    @extend_schema(
        request=LogReferralSerializer, responses={201: ReferralSerializer, 202: HandedOnSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Log a referral. 202, with its reference alone, where the rules put it onto a desk that
        you do not see."""
        data = self.validated(LogReferralSerializer)
        referral = desk.log_referral(
            actor=self.request.user,
            team_id=data.pop("team", None),
            source_agency_id=data.pop("source_agency", None),
            **data,
        )
        with self.request._request.reading():
            seen = self.get_queryset().filter(pk=referral.pk).exists()
        if not seen:
            return Response(HandedOnSerializer(referral).data, status=202)
        return self.changed(referral, status=201)

    def _step(
        self, service: Callable[..., Any], takes: type[StrictSerializer], pk: Any
    ) -> Response:
        """Call one service with what was sent; answer with the referral as it is now."""
        done = service(actor=self.request.user, referral_id=pk, **self.validated(takes))
        return self.changed(getattr(done, "referral", done))

    @extend_schema(request=NothingSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"], url_path="start-triage")
    def start_triage(self, request: Request, pk: Any = None) -> Response:
        """Take it off the queue."""
        return self._step(desk.start_triage, NothingSerializer, pk)

    @extend_schema(request=AcceptReferralSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: Any = None) -> Response:
        """Accept it into a new case, or into the one named."""
        data = self.validated(AcceptReferralSerializer)
        return self.changed(
            desk.accept_referral(actor=self.request.user, referral_id=pk, case_id=data.get("case"))
        )

    @extend_schema(request=DeclineReferralSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: Any = None) -> Response:
        """Decline it with a reason."""
        return self._step(deciding.decline_referral, DeclineReferralSerializer, pk)

    @extend_schema(request=WaySerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: Any = None) -> Response:
        """Record that the source was told its referral arrived."""
        return self._step(asking.acknowledge_referral, WaySerializer, pk)

    @extend_schema(request=AskSourceSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"], url_path="ask-source")
    def ask_source(self, request: Request, pk: Any = None) -> Response:
        """Record a question to the source; the clock stands still."""
        return self._step(asking.ask_source, AskSourceSerializer, pk)

    @extend_schema(request=WaySerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"], url_path="chase-source")
    def chase_source(self, request: Request, pk: Any = None) -> Response:
        """Record that the source was asked again."""
        return self._step(asking.chase_source, WaySerializer, pk)

    @extend_schema(request=AnswerSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"], url_path="record-answer")
    def record_answer(self, request: Request, pk: Any = None) -> Response:
        """Take down the source’s answer; the clock goes on."""
        return self._step(asking.record_answer, AnswerSerializer, pk)

    @extend_schema(request=RedirectSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def redirect(self, request: Request, pk: Any = None) -> Response:
        """Say that it is another agency’s."""
        data = self.validated(RedirectSerializer)
        agency_id = data.pop("agency", None)
        return self.changed(
            deciding.redirect_referral(
                actor=self.request.user, referral_id=pk, agency_id=agency_id, **data
            )
        )

    @extend_schema(request=DuplicateSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"], url_path="mark-duplicate")
    def mark_duplicate(self, request: Request, pk: Any = None) -> Response:
        """Say which earlier referral told it before."""
        return self._step(deciding.mark_duplicate, DuplicateSerializer, pk)

    @extend_schema(request=NoteSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: Any = None) -> Response:
        """Record that the source took it back."""
        return self._step(deciding.withdraw_referral, NoteSerializer, pk)

    @extend_schema(request=FeedbackSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"], url_path="give-feedback")
    def give_feedback(self, request: Request, pk: Any = None) -> Response:
        """Record what the source was told, or why it may not be told."""
        return self._step(closing.give_feedback, FeedbackSerializer, pk)

    @extend_schema(request=NothingSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: Any = None) -> Response:
        """Close a decided referral whose source was told."""
        return self._step(closing.close_referral, NothingSerializer, pk)

    @extend_schema(request=NoteSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: Any = None) -> Response:
        """Take a closed referral up again."""
        return self._step(closing.reopen_referral, NoteSerializer, pk)

    @extend_schema(request=NoteSerializer, responses=ReferralSerializer)
    @action(detail=True, methods=["post"])
    def unlink(self, request: Request, pk: Any = None) -> Response:
        """Take back that it was told before."""
        return self._step(closing.unlink_referral, NoteSerializer, pk)

    @extend_schema(request=NoteReferralDutySerializer, responses={201: DutyRowSerializer})
    @action(detail=True, methods=["post"], url_path="note-duty")
    def note_duty(self, request: Request, pk: Any = None) -> Response:
        """Note that an authority has to be told; the record goes along into its case."""
        data = self.validated(NoteReferralDutySerializer)
        duty = note_referral_duty(actor=self.request.user, referral_id=pk, **data)
        return Response(DutyRowSerializer(duty).data, status=201)

    @extend_schema(request=RequestReferralErasureSerializer, responses={201: ErasureSerializer})
    @action(detail=True, methods=["post"], url_path="request-erasure")
    def request_erasure(self, request: Request, pk: Any = None) -> Response:
        """Ask for a referral to be erased that became no case."""
        data = self.validated(RequestReferralErasureSerializer)
        asked = request_referral_erasure(
            actor=self.request.user, referral_id=pk, at=timezone.now(), **data
        )
        return Response(ErasureSerializer(asked).data, status=201)

    def _indicators(self, pk: Any) -> Response:
        """The signs and payments of a referral as they are now; that they were read is recorded."""
        if not can_read_summary(self.request.user):
            refusal = Denied("referrals.record_indicator")
            self.request._request.refused(refusal)
            raise refusal
        with self.request._request.reading() as look:
            referral = self.get_queryset().get(pk=pk)
            look.record("referral.indicators_opened", referral)
            shown = indicators_of(self.request.user, referral)
            return Response(IndicatorsSerializer(shown).data)

    @extend_schema(request=NothingSerializer, responses=IndicatorsSerializer)
    @action(detail=True, methods=["post"], url_path="open-indicators")
    def open_indicators(self, request: Request, pk: Any = None) -> Response:
        """Open what was noticed, what it was assessed as, and payments."""
        self.validated(NothingSerializer)
        return self._indicators(pk)

    @extend_schema(request=ObserveSerializer, responses=IndicatorsSerializer)
    @action(detail=True, methods=["post"], url_path="observe-indicator")
    def observe_indicator(self, request: Request, pk: Any = None) -> Response:
        """Note a sign of the catalogue."""
        told = self.validated(ObserveSerializer)
        indicators.observe_indicator(actor=self.request.user, referral_id=pk, **told)
        return self._indicators(pk)

    @extend_schema(request=AssessSerializer, responses=IndicatorsSerializer)
    @action(detail=True, methods=["post"], url_path="assess-indicators")
    def assess_indicators(self, request: Request, pk: Any = None) -> Response:
        """Say what at least two signs amount to together."""
        told = self.validated(AssessSerializer)
        seen = told.pop("observations")
        indicators.assess_indicators(
            actor=self.request.user, referral_id=pk, observation_ids=seen, **told
        )
        return self._indicators(pk)

    @extend_schema(request=ReportedPaymentSerializer, responses=IndicatorsSerializer)
    @action(detail=True, methods=["post"], url_path="record-payment")
    def record_payment(self, request: Request, pk: Any = None) -> Response:
        """Note a payment that the source reports."""
        told = self.validated(ReportedPaymentSerializer)
        indicators.record_payment(actor=self.request.user, referral_id=pk, **told)
        return self._indicators(pk)

    @extend_schema(request=TakeBackSerializer, responses=IndicatorsSerializer)
    @action(detail=True, methods=["post"], url_path="take-back-indicator")
    def take_back_indicator(self, request: Request, pk: Any = None) -> Response:
        """Say that a sign was noted by mistake."""
        told = self.validated(TakeBackSerializer)
        indicators.take_back_observation(actor=self.request.user, referral_id=pk, **told)
        return self._indicators(pk)

    @extend_schema(request=TakeBackSerializer, responses=IndicatorsSerializer)
    @action(detail=True, methods=["post"], url_path="take-back-payment")
    def take_back_payment(self, request: Request, pk: Any = None) -> Response:
        """Say that a payment was noted by mistake."""
        told = self.validated(TakeBackSerializer)
        indicators.take_back_payment(actor=self.request.user, referral_id=pk, **told)
        return self._indicators(pk)

    @extend_schema(request=NothingSerializer, responses=MatchSerializer(many=True))
    @action(detail=True, methods=["post"], url_path="look-for-matches")
    def look_for_matches(self, request: Request, pk: Any = None) -> Response:
        """What of what you may see may be the same, and why; that you looked is recorded."""
        self.validated(NothingSerializer)
        if not can_read_summary(self.request.user):
            refusal = Denied("referrals.start_triage")
            self.request._request.refused(refusal)
            raise refusal
        with self.request._request.reading() as look:
            referral = self.get_queryset().get(pk=pk)
            found = likely_matches(self.request.user, referral)
            look.record("referral.matched", referral, facts={"found": len(found)})
        return Response([MatchSerializer(match).data for match in found])

    @extend_schema(request=NothingSerializer, responses=OpenedSummarySerializer)
    @action(detail=True, methods=["post"], url_path="open-summary")
    def open_summary(self, request: Request, pk: Any = None) -> Response:
        """Open the L3 part; the opening is recorded."""
        self.validated(NothingSerializer)
        summary = desk.open_summary(actor=self.request.user, referral_id=pk)
        return Response(OpenedSummarySerializer(summary).data)
