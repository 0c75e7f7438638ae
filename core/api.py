"""API bases: read-only viewsets over `visible_to`, plus actions that call the same services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework import viewsets
from rest_framework.exceptions import ParseError, UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import exception_handler

from core.errors import ConfirmFirst, Denied, DomainError, PurposeNeeded, VersionNeeded
from core.problems import PROBLEM, as_problem
from core.records import VersionedRecord
from core.requests import ApiRequest

# What a change of a record takes: `@extend_schema(parameters=[IF_MATCH], …)`, with
# `version=self.seen_version()` in the action.
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the record as it was read. 428 without it; 412 when somebody changed "
    "the record since.",
)
# Where saying something again changes what is there.
IF_KNOWN = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the record that is changed. Left out, it must be new: 412 otherwise.",
)
ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


def explain(failure: Exception, context: dict[str, Any]) -> Response | None:
    """What went wrong; a partner's system is told it as a problem (RFC 9457)."""
    response = _explained(failure, context)
    if response is not None and getattr(context["request"]._request, "wants_problems", False):
        response.data = as_problem(response.status_code, response.data)
        response.content_type = PROBLEM
    return response


def _explained(failure: Exception, context: dict[str, Any]) -> Response | None:
    """The pages' answers: 404 for what is not visible, 403 recorded, 400 for a broken rule."""
    if isinstance(failure, DomainError):
        body = {"code": failure.code, "detail": failure.message}
        if failure.field:
            body["field"] = failure.field
        return Response(body, status=failure.status)
    if isinstance(failure, Denied):
        request: ApiRequest = context["request"]
        if request.method in ("GET", "HEAD", "OPTIONS"):
            request._request.refused(failure)
        return Response({"code": "not_yours", "detail": "This is not yours to do."}, status=403)
    if isinstance(failure, PurposeNeeded):
        with context["request"]._request.reading() as look:
            look.record("purpose.asked", object_type="cases.case", case_id=failure.case_id)
        body = {"code": failure.code, "detail": str(failure), "case": str(failure.case_id)}
        return Response(body, status=403)
    if isinstance(failure, ConfirmFirst):
        return Response({"code": failure.code, "detail": str(failure)}, status=403)
    if isinstance(failure, ObjectDoesNotExist):
        failure = Http404()
    if isinstance(failure, Http404) and context["request"].user.is_authenticated:
        with context["request"]._request.reading() as look:
            look.record("record.missed", facts={"asked": str(context["kwargs"].get("pk", ""))})
    response = exception_handler(failure, context)
    if response is not None and isinstance(failure, ValidationError):
        response.data = {"code": "invalid", "fields": response.data}
    return response


class ScopedViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """List and retrieve what the person may see; both are recorded.

    Attributes:
        permission: asked before anything is read.
        lists, reads: audit verbs for a list and for one record.
        takes_file: the most bytes of the one file that may be sent here; 0 for none (R-U1).
        steps_up: names of the actions that need a second factor given in the last half hour.
        names: what else than `case` a body names that belongs to one: models by the name.
        unasked: names of the actions that do not ask why a case is opened.
    """

    permission: ClassVar[str] = ""
    lists: ClassVar[str] = ""
    reads: ClassVar[str] = ""
    takes_file: ClassVar[int] = 0
    steps_up: ClassVar[frozenset[str]] = frozenset()
    names: ClassVar[Mapping[str, Any]] = {}
    unasked: ClassVar[frozenset[str]] = frozenset()
    model: ClassVar[Any]
    request: ApiRequest
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.model.objects.none()
        return self.model.objects.visible_to(self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.permission and not self.request.user.may(self.permission):
            refusal = Denied(self.permission)
            if self.request.method not in ("GET", "HEAD", "OPTIONS"):
                self.request._request.refused(refusal)
            raise refusal
        if self.action in self.steps_up and not self.request._request.confirmed_lately():
            raise ConfirmFirst
        if self.action and self.action not in self.unasked:
            self._say_why()

    def _say_why(self) -> None:
        """Whoever reads or writes what belongs to a case has said why they open it."""
        asked = self.request._request
        with asked.reading():
            if "pk" in self.kwargs:
                # `retrieve` asks with the record it shows.
                if self.action != "retrieve":
                    asked.require_purpose(self.get_queryset().filter(pk=self.kwargs["pk"]).first())
                return
            reads = self.request.method in ("GET", "HEAD", "OPTIONS")
            sent = self.request.query_params if reads else self.request.data
            if isinstance(sent, Mapping):
                asked.require_purpose_for(sent, self.names)

    def handle_exception(self, exc: Exception) -> Response:
        """A broken rule tells how a record stands ("by now in triage"): a reading, so recorded."""
        if isinstance(exc, DomainError | ValidationError | ParseError | UnsupportedMediaType):
            broken = exc if isinstance(exc, DomainError) else None
            with self.request._request.reading() as look:
                if broken and "pk" in self.kwargs:
                    record = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
                    look.record(self.reads, record)
                else:
                    look.record(
                        "act.stopped",
                        object_type=self.model._meta.label_lower,
                        facts={
                            "code": broken.code if broken else "invalid",
                            "field": (broken and broken.field) or "",
                        },
                    )
        return super().handle_exception(exc)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        with self.request._request.reading() as look:
            look.record(
                self.lists,
                object_type=self.model._meta.label_lower,
                # Names of our own filters alone: what else stands in the address is anybody's text.
                facts={"filters": sorted(self._filters() & set(request.query_params))},
            )
        return response

    def _filters(self) -> set[str]:
        filterset = getattr(self, "filterset_class", None)
        return set(filterset.base_filters if filterset else getattr(self, "filterset_fields", ()))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        record = self.get_object()
        self.request._request.require_purpose(record)
        with self.request._request.reading() as look:
            look.record(self.reads, record)
        return _tagged(Response(self.get_serializer(record).data), record)

    def seen_version(self, *, or_new: bool = False) -> int:
        """The version of the record that the caller read, by `If-Match`.

        Args:
            or_new: a caller that names none means a record that is not there yet: 0.

        Raises:
            VersionNeeded: the caller names none, or any.
        """
        asked = self.request.headers.get("If-Match", "").strip()
        if not asked and or_new:
            return 0
        known = ETAG.fullmatch(asked)
        if known is None:
            raise VersionNeeded
        return int(known[1])

    def validated(self, serializer: type[Serializer[Any]]) -> dict[str, Any]:
        """The request's body by the given serializer, inside a reading (choices are scoped)."""
        with self.request._request.reading():
            checked = serializer(data=self.request.data, context=self.get_serializer_context())
            checked.is_valid(raise_exception=True)
            return dict(checked.validated_data)

    def changed(self, record: Any, *, status: int = 200) -> Response:
        """What a service made of a record, read again as the person sees it."""
        with self.request._request.reading():
            fresh = self.get_queryset().get(pk=record.pk)
            return _tagged(Response(self.get_serializer(fresh).data, status=status), fresh)


def _tagged(response: Response, record: Any) -> Response:
    """The answer with the version of the record it shows, for the next change (RFC 9110)."""
    if isinstance(record, VersionedRecord):
        response["ETag"] = f'"{record.version}"'
    return response
