"""AWS's Signature Version 4 test suite as data: what is signed, and the signature AWS published for it.

Source: https://github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4, and the suite's first edition of 2015.
All are signed for "service" in us-east-1 at 2015-08-30 12:36 UTC, for the host example.amazonaws.com.
"""

from dataclasses import dataclass

ACCESS_KEY_ID = "AKIDEXAMPLE"
SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
STS_TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuw"
    "thAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHN"
    "VXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxB"
    "A=="
)
CONTENT_SHA256 = "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"
ROOT = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
"""The signature of a plain GET of /."""
POST_ROOT = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
"""The signature of a plain POST to /."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A request and its published signature; signed names the signed headers besides host and x-amz-date."""

    method: str = "GET"
    target: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    token: str | None = None
    normalize: bool = True
    signed: tuple[str, ...] = ()
    signature: str


def _my_headers(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple(("My-Header1", value) for value in values)


_FORM = "application/x-www-form-urlencoded"
_FORM_HEADERS = (("Content-Length", "13"), ("x-amz-content-sha256", CONTENT_SHA256))
_FORM_SIGNED = ("content-length", "content-type", "x-amz-content-sha256")
_MINE = ("my-header1",)

VECTORS = {
    "get-vanilla": Vector(signature=ROOT),
    "get-vanilla-query": Vector(target="/?", signature=ROOT),
    "get-vanilla-with-session-token": Vector(
        token="6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
        signed=("x-amz-security-token",),
        signature="07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
    ),
    "get-vanilla-empty-query-key": Vector(
        target="/?Param1=value1", signature="a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"
    ),
    "get-vanilla-query-order-key": Vector(
        target="/?Param1=value2&Param1=Value1",
        signature="eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
    ),
    "get-vanilla-query-order-key-case": Vector(
        target="/?Param2=value2&Param1=value1",
        signature="b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "get-vanilla-query-order-value": Vector(
        target="/?Param1=value2&Param1=value1",
        signature="5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
    ),
    "get-vanilla-query-order-encoded": Vector(
        target="/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
        signature="371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    ),
    "get-vanilla-query-unreserved": Vector(
        target=f"/?{UNRESERVED}={UNRESERVED}",
        signature="9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
    ),
    "get-vanilla-utf8-query": Vector(
        target="/?ሴ=bar", signature="2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"
    ),
    "get-unreserved": Vector(
        target=f"/{UNRESERVED}", signature="07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"
    ),
    "get-utf8": Vector(target="/ሴ", signature="8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    "get-header-key-duplicate": Vector(
        headers=_my_headers("value2", "value2", "value1"),
        signed=_MINE,
        signature="c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    ),
    "get-header-value-order": Vector(
        headers=_my_headers("value4", "value1", "value3", "value2"),
        signed=_MINE,
        signature="08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
    ),
    "get-header-value-trim": Vector(
        headers=(("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')),
        signed=("my-header1", "my-header2"),
        signature="acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    "get-header-value-multiline": Vector(
        headers=_my_headers("value1\n  value2\n     value3"),
        signed=_MINE,
        signature="cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd",
    ),
    # The suite has two readings of a value of several lines; a client that sends them as three headers signs this.
    "get-header-value-multiline, as three headers": Vector(
        headers=_my_headers("value1", "  value2", "     value3"),
        signed=_MINE,
        signature="ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790",
    ),
    "get-relative-normalized": Vector(target="/example/..", signature=ROOT),
    "get-relative-unnormalized": Vector(
        target="/example/..",
        normalize=False,
        signature="eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282",
    ),
    "get-relative-relative-normalized": Vector(target="/example1/example2/../..", signature=ROOT),
    "get-relative-relative-unnormalized": Vector(
        target="/example1/example2/../..",
        normalize=False,
        signature="dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b",
    ),
    "get-slash-normalized": Vector(target="//", signature=ROOT),
    "get-slash-unnormalized": Vector(
        target="//", normalize=False, signature="c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e"
    ),
    "get-slash-dot-slash-normalized": Vector(target="/./", signature=ROOT),
    "get-slash-dot-slash-unnormalized": Vector(
        target="/./", normalize=False, signature="68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145"
    ),
    "get-slash-pointless-dot-normalized": Vector(
        target="/./example", signature="ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"
    ),
    "get-slash-pointless-dot-unnormalized": Vector(
        target="/./example",
        normalize=False,
        signature="beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff",
    ),
    "get-slashes-normalized": Vector(
        target="//example//", signature="9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"
    ),
    "get-slashes-unnormalized": Vector(
        target="//example//",
        normalize=False,
        signature="87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5",
    ),
    "get-space-normalized": Vector(
        target="/example space/", signature="652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"
    ),
    "get-space-unnormalized": Vector(
        target="/example space/",
        normalize=False,
        signature="652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    ),
    "post-vanilla": Vector(method="POST", signature=POST_ROOT),
    "post-vanilla-query": Vector(
        method="POST",
        target="/?Param1=value1",
        signature="28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
    ),
    "post-header-key-case": Vector(
        method="POST",
        headers=(("HOST", "example.amazonaws.com"), ("X-AMZ-DATE", "20150830T123600Z")),
        signature=POST_ROOT,
    ),
    "post-header-key-sort": Vector(
        method="POST",
        headers=_my_headers("value1"),
        signed=_MINE,
        signature="c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
    "post-header-value-case": Vector(
        method="POST",
        headers=_my_headers("VALUE1"),
        signed=_MINE,
        signature="cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
    ),
    "post-sts-header-before": Vector(
        method="POST",
        token=STS_TOKEN,
        signed=("x-amz-security-token",),
        signature="85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
    ),
    # Signed without the token, which the caller adds afterwards.
    "post-sts-header-after": Vector(method="POST", signature=POST_ROOT),
    "post-x-www-form-urlencoded": Vector(
        method="POST",
        headers=(("Content-Type", _FORM), *_FORM_HEADERS),
        body=b"Param1=value1",
        signed=_FORM_SIGNED,
        signature="d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
    ),
    "post-x-www-form-urlencoded-parameters": Vector(
        method="POST",
        headers=(("Content-Type", f"{_FORM}; charset=utf-8"), *_FORM_HEADERS),
        body=b"Param1=value1",
        signed=_FORM_SIGNED,
        signature="328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422",
    ),
    "post-x-www-form-urlencoded, 2015": Vector(
        method="POST",
        headers=(("Content-Type", _FORM),),
        body=b"Param1=value1",
        signed=("content-type",),
        signature="ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
}
