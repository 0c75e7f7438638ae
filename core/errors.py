"""What can go wrong in the domain, in the words the person gets to read."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied


class DomainError(Exception):
    """A rule was broken. Shown beside the field (422 on a page, `status` and `code` by API)."""

    code = "rule_broken"
    # The API's answer.
    status = 400

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code:
            self.code = code


class InvalidTransition(DomainError):
    """The record's life cycle has no such step from where it stands."""

    code = "invalid_transition"


class Conflict(DomainError):
    """Somebody else changed the record since it was read."""

    code = "changed_meanwhile"
    status = 412


class VersionNeeded(DomainError):
    """The API was asked to change a record without saying which version was read."""

    code = "version_needed"
    status = 428

    def __init__(self) -> None:
        super().__init__(
            "Send the ETag of the record as you read it in If-Match: nothing is overwritten."
        )


class Denied(PermissionDenied):
    """The actor sees the record but may not do this. The refusal is recorded by the act."""

    def __init__(
        self,
        permission: str,
        *,
        object_type: str = "",
        object_id: object = None,
        case_id: object = None,
    ) -> None:
        super().__init__("This is not yours to do.")
        self.permission = permission
        self.object_type = object_type
        self.object_id = object_id
        self.case_id = case_id


class ConfirmFirst(PermissionDenied):
    """A second factor must be given again before this; the API's answer to `steps_up`."""

    code = "confirm_first"

    def __init__(self) -> None:
        super().__init__("Give your second factor again, then repeat this.")


class PurposeNeeded(PermissionDenied):
    """Somebody opens a case and has not said why; the page asks and leads back."""

    code = "purpose_needed"

    def __init__(self, case_id: UUID) -> None:
        super().__init__("Say why you open this case, then repeat this.")
        self.case_id = case_id


class Unreadable(DomainError):
    """Stored text could not be opened: never shown as blank and never as ciphertext."""

    code = "unreadable"
