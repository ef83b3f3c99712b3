"""Server-side AWS Query codec, for AWS STS and IAM: form-encoded requests, XML responses.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from wsclient._core.http import HttpResponse
from wsclient._core.protocols.query_dialects import QUERY
from wsclient._core.service_errors import SerializationException, UnknownOperationException
from wsclient.testing._protocols.base import BAD_REQUEST, header, http_status, path_and_query
from wsclient.testing._protocols.query_values import FormReader, XmlWriter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest
    from wsclient._core.model.operations import Service

FORBIDDEN = 403
_MAX_FIELDS = 1000
_ERROR_CODES = {
    "AccessDeniedException": ("AccessDenied", FORBIDDEN),
    "ExpiredTokenException": ("ExpiredToken", FORBIDDEN),
    "IncompleteSignatureException": ("IncompleteSignature", FORBIDDEN),
    "InvalidSignatureException": ("SignatureDoesNotMatch", FORBIDDEN),
    "MissingAuthenticationTokenException": ("MissingAuthenticationToken", FORBIDDEN),
    "SerializationException": ("MalformedInput", BAD_REQUEST),
    "ThrottlingException": ("Throttling", BAD_REQUEST),
    "UnknownOperationException": ("InvalidAction", BAD_REQUEST),
    "UnrecognizedClientException": ("InvalidClientTokenId", FORBIDDEN),
    "ValidationException": ("ValidationError", BAD_REQUEST),
}
"""Error codes and HTTP statuses that this protocol uses for the errors common to all protocols."""


class QueryServerCodec:
    """Server-side codec of AWS Query, for the requests of STS or IAM."""

    error_codes: Mapping[str, tuple[str, int]] = _ERROR_CODES
    methods = frozenset({"GET", "POST"})
    dialect = QUERY

    def __init__(self, service: Service, *, is_default: bool = False) -> None:
        self.service = service
        self._is_default = is_default

    def matches(self, request: HttpRequest) -> bool:
        """Return whether the request is a form of this service's API version, or any form for the default."""
        is_form = header(request, "content-type").startswith("application/x-www-form-urlencoded")
        if not is_form and "Action" not in _form_or_empty(request):
            return False
        return self._is_default or _form_or_empty(request).get("Version") == self.service.api_version

    def operation_name(self, request: HttpRequest) -> str:
        """Return the Action of the form; empty if the form has no Action or cannot be parsed."""
        return _form_or_empty(request).get("Action", "")

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Parse the form into the members of the operation's input, with their types.

        Raises SerializationException for an unreadable form, UnknownOperationException for another API version.
        """
        form = _parse_form(request)
        version = self.service.api_version
        if form.get("Version") != version:
            raise UnknownOperationException(f"Could not find operation for a version other than {version}")
        operation = self.service.operations.get(form.get("Action", ""))
        return FormReader(form, self.dialect).structure(operation.input, "") if operation else dict(form)

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:
        """Serialize the result as XML in the operation's result element."""
        name = f"{operation}Response"
        body = f"<{operation}Result>{self.members(operation, result)}</{operation}Result>"
        metadata = f"<ResponseMetadata><RequestId>{escape(request_id)}</RequestId></ResponseMetadata>"
        return xml_response(200, f'<{name} xmlns="{self.service.xml_namespace}">{body}{metadata}</{name}>')

    def members(self, operation: str, result: Mapping[str, object]) -> str:
        """Return the members of a result as XML."""
        model = self.service.operations.get(operation)
        return XmlWriter(self.dialect).members(result, model.output if model else None)

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:
        """Serialize the error as an ErrorResponse document."""
        code, status = self.error_code(error)
        fault = "Receiver" if error.fault == "server" else "Sender"
        members = {"Type": fault, "Code": code, "Message": error.message, **error.details}
        content = XmlWriter(self.dialect).value(members)
        body = f"<Error>{content}</Error><RequestId>{escape(request_id)}</RequestId>"
        return xml_response(status, f'<ErrorResponse xmlns="{self.service.xml_namespace}">{body}</ErrorResponse>')

    def error_code(self, error: ServiceError) -> tuple[str, int]:
        """Return the code and the HTTP status of an error in this protocol."""
        if error.status is not None:
            # An error with its own status is one that the operation models, even if a common error has the same name.
            return error.code, error.status
        return self.error_codes.get(error.code, (error.code, http_status(error)))


def _form_or_empty(request: HttpRequest) -> dict[str, str]:
    try:
        return _parse_form(request)
    except SerializationException:
        return {}


def _parse_form(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of the body and the query, without those that authenticate a presigned URL."""
    try:
        texts = (path_and_query(request)[1], request.body.decode("ascii"))
        pairs = [
            pair
            for text in texts
            for pair in parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
        ]
    except ValueError:
        raise SerializationException("the body is not a valid form") from None
    return {name: value for name, value in pairs if not name.startswith("X-Amz-")}


def xml_response(status: int, document: str) -> HttpResponse:
    """Return a response with an XML document."""
    return HttpResponse(status, (("content-type", "text/xml"),), document.encode(errors="replace"))
