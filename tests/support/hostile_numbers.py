"""Numbers and times as an attacker writes them: huge, negative, outside every range, or no numbers at all."""

from __future__ import annotations

from hypothesis import strategies as st

LONG = st.sampled_from(["9" * length for length in (9, 10, 15, 19, 20, 308, 309, 400, 4299, 4301, 20_000)])
NUMBERS = st.one_of(
    LONG,
    LONG.map(lambda digits: f"-{digits}"),
    st.integers(-(10**25), 10**25).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", "0", "-0", "1e400", "1e18", "NaN", "Infinity", "-Infinity", "1_0", "\uff11", "٣", " 1", "0x1"]
    ),
    st.sampled_from(["253402300800", "-62135596800", "-62135596801", "253402300799.9999999"]),
)
"""Numbers as text."""
YEARS = st.sampled_from(["0000", "0001", "1969", "1970", "2026", "9998", "9999", "10000", "-001"])
ZONES = st.sampled_from(["", "Z", "UTC", "+00:00", "+23:59", "-23:59", "+24:00", "+99:99", "-12:00:00.000001"])
TIMES = st.builds(
    "{}-{}-{}T{}{}".format,
    YEARS,
    st.sampled_from(["01", "12", "13", "00"]),
    st.sampled_from(["01", "31", "32"]),
    st.sampled_from(["00:00:00", "23:59:59.999999", "24:00:00", "23:59:60", "99:99:99"]),
    ZONES,
)
"""ISO 8601 times, most of them at the ends of what there is."""
HTTP_DATES = st.one_of(
    st.builds(
        "{}, {} {} {} {} {}".format,
        st.sampled_from(["Sun", "Xyz", ""]),
        st.sampled_from(["01", "31", "32", "00", "9" * 30]),
        st.sampled_from(["Jan", "Dec", "Foo", "99"]),
        YEARS | LONG,
        st.sampled_from(["00:00:00", "23:59:59", "24:00:00", "9:9:9", "99:99:99", "9" * 30 + ":0:0", "::"]),
        st.sampled_from(["GMT", "+0000", "-1200", "+9999", "-9959", "+" + "9" * 30, "EST", ""]),
    ),
    NUMBERS,
    TIMES,
    st.text(max_size=40),
)
"""HTTP dates and what is none."""
JSON_NUMBERS = st.one_of(
    st.integers(-(10**25), 10**25),
    st.integers(-5, 10**10),
    st.sampled_from([10**308, 10**400, -(10**400), 253_402_300_800_000, -62_135_596_800_000, 253_402_300_799_999]),
    st.floats(),
    st.booleans(),
    st.none(),
    NUMBERS,
    TIMES,
)
"""Values of a JSON member where a number or a time is expected."""
