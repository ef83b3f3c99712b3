"""AWS Signature Version 4 in request headers. Pure: no clock, no network, no arguments modified.

"AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from wsclient._core.public_names import publish
from wsclient.signing._canonical_request import UNSIGNED_HEADERS
from wsclient.signing._signer import ALGORITHM, TERMINATOR, SigV4Signer, derive_signing_key, format_amz_date

__all__ = [
    "ALGORITHM",
    "TERMINATOR",
    "UNSIGNED_HEADERS",
    "SigV4Signer",
    "derive_signing_key",
    "format_amz_date",
]

publish(__name__, __all__)
