"""What can be wrong with a submission. Codes are those of the HTTP contract."""

from ccgather.errors import DomainError, PermissionRefusedError


class SubmissionError(DomainError):
    """Root of this app's errors."""

    code = "submission_refused"


class ReportInvalidError(SubmissionError):
    """Level 1 validation failed; `details` names every field and reason."""

    code = "validation_failed"
    status = 400


class InvalidJsonError(SubmissionError):
    """The body is not JSON."""

    code = "invalid_json"
    status = 400


class EmptyReportError(SubmissionError):
    """The report is well formed and has not one row with a token in it."""

    code = "empty_report"
    status = 400


class UnknownFormatError(SubmissionError):
    """The body has the shape of none of the five wire formats."""

    code = "unknown_format"
    status = 400


class BodyTooLargeError(SubmissionError):
    """More bytes, decoded, than a report may have."""

    code = "body_too_large"
    status = 413


class BadEncodingError(SubmissionError):
    """A Content-Encoding we do not read, or one that does not decode."""

    code = "unsupported_encoding"
    status = 415


class UploadInProgressError(SubmissionError):
    """Another change of the same account held its lock for too long."""

    code = "upload_in_progress"
    status = 409


class AccountSuspendedError(SubmissionError):
    """Blocked for abuse of the service itself."""

    code = "account_suspended"
    status = 403


class ReportRateError(SubmissionError):
    """More changing reports than the limits allow; `limit` an hour, `retry_after` in seconds."""

    code = "rate_limited"
    status = 429

    def __init__(self, message: str, *, limit: int, retry_after: int) -> None:
        super().__init__(message)
        self.limit = limit
        self.retry_after = retry_after


class ReviewError(DomainError):
    """Root of what can be wrong with a decision."""

    code = "review_refused"
    status = 409


class CaseChangedError(ReviewError):
    """The case is not as its reviewer saw it any more; `details` says what happened since."""

    code = "case_changed"


class CaseClaimedError(ReviewError):
    """Another reviewer has taken the case up."""

    code = "case_claimed"


class NothingToDecideError(ReviewError):
    """What was to be decided is decided, or in that state, already."""

    code = "nothing_to_decide"


class AlreadyAppealedError(ReviewError):
    """There is an appeal of that decision, or an objection to that case, already."""

    code = "already_appealed"


class OwnCaseError(PermissionRefusedError):
    """Nobody decides about themselves."""

    code = "own_case"


class OwnDecisionError(PermissionRefusedError):
    """An appeal is heard by somebody else than who decided, where there is somebody."""

    code = "own_decision"


class AlreadyReportedError(ReviewError):
    """A report of that profile by the same person stands already."""

    code = "already_reported"
