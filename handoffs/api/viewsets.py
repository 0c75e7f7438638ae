"""Handoffs for programs, of the sender and of the receiving desk: the same scope and services."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.partner_access import SystemAuthentication
from core.api import ScopedViewSet
from core.errors import Denied
from core.requests import ApiRequest, session_mark
from core.serializers import NothingSerializer
from handoffs.api.serializers import (
    AskSenderSerializer,
    CompleteSerializer,
    ComposeHandoffSerializer,
    DeclineHandoffSerializer,
    HandoffSerializer,
    OpenPackageSerializer,
    PackageSerializer,
    ReplySerializer,
    ReturnHandoffSerializer,
    SealedFileSerializer,
    SeenSerializer,
)
from handoffs.models import Handoff
from handoffs.policies import is_receiver
from handoffs.selectors import sent_digest
from handoffs.services import handoffs
from handoffs.services.answering import ask_sender, complete_handoff, reply_to_receiver
from handoffs.services.authorising import (
    authorise_handoff,
    return_handoff,
    submit_handoff,
)
from handoffs.services.opening import open_package
from handoffs.services.sealing import take_sealed_file
from handoffs.services.stopping import confirm_stopped
from vault.keys import load_keys

EITHER = ("handoffs.read_handoff", "handoffs.read_desk")


class HandoffViewSet(ScopedViewSet):
    """What one hands out, and what lies on one's desk."""

    authentication_classes = (SystemAuthentication, SessionAuthentication)
    model = Handoff
    lists = "handoff.listed"
    reads = "handoff.opened"
    steps_up = frozenset({"authorise", "send", "package", "sealed"})
    serializer_class = HandoffSerializer
    filterset_fields = ("status", "kind", "urgency")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # Reading is for both sides; each action asks its own permission in its service.
        if request.method in ("GET", "HEAD") and not any(map(self.request.user.may, EITHER)):
            raise Denied(EITHER[0])

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("from_agency", "to_agency")

    def paginate_queryset(self, queryset: Any) -> Any:
        rows = super().paginate_queryset(queryset)
        load_keys(("handoff", row.pk) for row in rows or ())
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The outside of one handoff."""
        record = self.get_object()
        self.request._request.require_purpose(record)
        with self.request._request.reading() as look:
            outside = is_receiver(self.request.user, record)
            look.record("handoff.previewed" if outside else self.reads, record)
        return Response(self.get_serializer(record).data)

    @extend_schema(request=ComposeHandoffSerializer, responses={201: HandoffSerializer})
    def create(self, request: ApiRequest, *args: Any, **kwargs: Any) -> Response:
        """Compose a draft."""
        data = self.validated(ComposeHandoffSerializer)
        draft = handoffs.compose_handoff(
            actor=request.user,
            case_id=data.pop("case"),
            to_agency_id=data.pop("to_agency"),
            **data,
        )
        return self.changed(draft, status=201)

    @extend_schema(request=NothingSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: ApiRequest, pk: Any = None) -> Response:
        """Ask a second person: what is restricted leaves only once one of them authorised it."""
        self.validated(NothingSerializer)
        return self.changed(submit_handoff(actor=request.user, handoff_id=pk))

    @extend_schema(request=SeenSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def authorise(self, request: ApiRequest, pk: Any = None) -> Response:
        """Stand behind a colleague's handoff: exactly this content may leave."""
        data = self.validated(SeenSerializer)
        return self.changed(authorise_handoff(actor=request.user, handoff_id=pk, **data))

    @extend_schema(request=ReturnHandoffSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: ApiRequest, pk: Any = None) -> Response:
        """Give it back to its author with a reason."""
        data = self.validated(ReturnHandoffSerializer)
        return self.changed(return_handoff(actor=request.user, handoff_id=pk, **data))

    @extend_schema(request=SeenSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: ApiRequest, pk: Any = None) -> Response:
        """Freeze the package, seal it and let it leave."""
        data = self.validated(SeenSerializer)
        return self.changed(handoffs.send_handoff(actor=request.user, handoff_id=pk, **data))

    @extend_schema(request=NothingSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: ApiRequest, pk: Any = None) -> Response:
        """Accept it for one's own agency."""
        self.validated(NothingSerializer)
        return self.changed(handoffs.accept_handoff(actor=request.user, handoff_id=pk))

    @extend_schema(request=DeclineHandoffSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: ApiRequest, pk: Any = None) -> Response:
        """Decline it with a reason."""
        data = self.validated(DeclineHandoffSerializer)
        return self.changed(handoffs.decline_handoff(actor=request.user, handoff_id=pk, **data))

    @extend_schema(request=AskSenderSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def ask(self, request: ApiRequest, pk: Any = None) -> Response:
        """Ask the sender for more before answering."""
        data = self.validated(AskSenderSerializer)
        return self.changed(ask_sender(actor=request.user, handoff_id=pk, **data))

    @extend_schema(request=ReplySerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request: ApiRequest, pk: Any = None) -> Response:
        """Reply to what the receiver asked; it lies before them again."""
        data = self.validated(ReplySerializer)
        return self.changed(reply_to_receiver(actor=request.user, handoff_id=pk, **data))

    @extend_schema(request=CompleteSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: ApiRequest, pk: Any = None) -> Response:
        """Say as its receiver what came of it; the package closes."""
        data = self.validated(CompleteSerializer)
        return self.changed(complete_handoff(actor=request.user, handoff_id=pk, **data))

    @extend_schema(request=NothingSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: ApiRequest, pk: Any = None) -> Response:
        """End it: the package does not open to the receiver any more."""
        self.validated(NothingSerializer)
        return self.changed(handoffs.revoke_handoff(actor=request.user, handoff_id=pk))

    @extend_schema(request=NothingSerializer, responses=HandoffSerializer)
    @action(detail=True, methods=["post"], url_path="confirm-stopped")
    def confirm_stopped(self, request: ApiRequest, pk: Any = None) -> Response:
        """Say as its receiver that nothing of an ended handoff is used any more."""
        self.validated(NothingSerializer)
        return self.changed(confirm_stopped(actor=request.user, handoff_id=pk))

    @extend_schema(request=NothingSerializer, responses=SealedFileSerializer)
    @action(detail=True, methods=["post"])
    def sealed(self, request: ApiRequest, pk: Any = None) -> Response:
        """Take the sealed file. A POST, since every taking is an act of its own in the log."""
        self.validated(NothingSerializer)
        name, data = take_sealed_file(actor=request.user, handoff_id=pk)
        digest = hashlib.sha256(data).hexdigest()
        file = base64.b64encode(data).decode()
        return Response({"name": name, "file": file, "sha256": digest})

    @extend_schema(request=OpenPackageSerializer, responses=PackageSerializer)
    @action(detail=True, methods=["post"])
    def package(self, request: ApiRequest, pk: Any = None) -> Response:
        """Open the package. A POST, since every opening is an act of its own in the log."""
        data = self.validated(OpenPackageSerializer)
        package = open_package(
            actor=request.user,
            handoff_id=pk,
            session_mark=session_mark(request._request),
            **data,
        )
        with request._request.reading():
            digest = sent_digest(self.get_queryset().get(pk=pk))
        return Response({"package": package, "digest": digest})
