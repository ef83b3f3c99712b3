"""Signature Version 4 for the headers of any HTTP request, pure: no clock, no network, nothing changed in place.

"AWS Signature Version 4 for API requests", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

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
