"""Server-side EC2 Query codec: form-encoded requests, XML responses.

"AWS EC2 Query protocol", https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"Error codes for the Amazon EC2 API", https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from wsclient._core.protocols.query_dialects import EC2
from wsclient.testing._protocols.aws_query import FORBIDDEN, QueryServerCodec, xml_response
from wsclient.testing._protocols.base import BAD_REQUEST, UNAVAILABLE
from wsclient.testing._protocols.query_values import XmlWriter
from wsclient.testing._protocols.request_reader import MissingMemberError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpResponse

_UNAUTHORIZED = 401
_NO_ACCESS = "You are not authorized to perform this operation. "


class Ec2ServerCodec(QueryServerCodec):
    """Server-side codec of EC2 Query."""

    error_codes: Mapping[str, tuple[str, int]] = {
        "AccessDeniedException": ("UnauthorizedOperation", FORBIDDEN),
        "ExpiredTokenException": ("RequestExpired", BAD_REQUEST),
        "IncompleteSignatureException": ("IncompleteSignature", BAD_REQUEST),
        "InvalidSignatureException": ("SignatureDoesNotMatch", FORBIDDEN),
        "MissingAuthenticationTokenException": ("MissingAuthenticationToken", BAD_REQUEST),
        "SerializationException": ("InvalidParameterValue", BAD_REQUEST),
        "ThrottlingException": ("RequestLimitExceeded", UNAVAILABLE),
        "UnknownOperationException": ("InvalidAction", BAD_REQUEST),
        "UnrecognizedClientException": ("AuthFailure", _UNAUTHORIZED),
        "ValidationException": ("InvalidParameterValue", BAD_REQUEST),
    }
    """Error codes and HTTP statuses that EC2 uses for the errors common to all protocols."""
    dialect = EC2

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:
        """Serialize the result as XML, its members directly in the response element."""
        name = f"{operation}Response"
        body = f"<requestId>{escape(request_id)}</requestId>{self.members(operation, result)}"
        return xml_response(200, f'<{name} xmlns="{self.service.xml_namespace}">{body}</{name}>')

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:
        """Serialize the error as a Response document with a list of errors."""
        code, status = self.error_code(error)
        message = error.message
        if isinstance(error, MissingMemberError):
            code, message = "MissingParameter", f"The request must contain the parameter {error.member}"
        prefix = _NO_ACCESS if code == "UnauthorizedOperation" and not error.message.startswith(_NO_ACCESS) else ""
        content = XmlWriter(self.dialect).value({"Code": code, "Message": prefix + message, **error.details})
        errors = f"<Errors><Error>{content}</Error></Errors>"
        return xml_response(status, f"<Response>{errors}<RequestID>{escape(request_id)}</RequestID></Response>")
