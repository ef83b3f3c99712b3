"""A second policy evaluator, written from IAM's rules with plain recursion, to compare the package's with.

It shares no code with wsclient.policy and makes no attempt to be fast. Answers are "yes", "no" and "unknown".
"""

from __future__ import annotations

import re
from typing import Any

from tests.support.naive_values import (
    NO,
    UNKNOWN,
    YES,
    address,
    binary,
    boolean,
    moment,
    ordered_by,
    quantity,
    truth,
)

Symbols = list[tuple[str, str]]
"""Characters of a pattern with what each is: literal, one, run, or one and run that stop at a colon."""
NO_RESOURCE = {"workspaces:describeworkspaces", "workspaces:describetags"}
TYPES = {
    "workspaces:stopworkspaces": {"workspace"},
    "workspaces:startworkspaces": {"workspace"},
    "workspaces:createworkspaces": {"directory", "workspace", "workspacebundle"},
}


def decide(policy: dict[str, Any], principal: str, action: str, resource: str, context: dict[str, Any] | None) -> str:
    """Return the name of the decision."""
    variables = policy.get("Version") == "2012-10-17"
    call = {"principal": principal, "action": action.lower(), "resource": resource, "context": context}
    answers = [(item["Effect"], applies(item, call, variables)) for item in policy["Statement"]]
    if ("Deny", YES) in answers:
        return "DENIED_EXPLICITLY"
    if ("Allow", YES) not in answers and ("Allow", UNKNOWN) not in answers:
        return "DENIED_BY_DEFAULT"
    if ("Deny", UNKNOWN) in answers or ("Allow", YES) not in answers:
        return "UNDETERMINED"
    return "ALLOWED"


def both(*answers: str) -> str:
    """Return the answer to several questions that must all hold."""
    return NO if NO in answers else UNKNOWN if UNKNOWN in answers else YES


def either(*answers: str) -> str:
    """Return the combined answer of alternatives: yes if any is yes, otherwise unknown if any is unknown."""
    return YES if YES in answers else UNKNOWN if UNKNOWN in answers else NO


def opposite(answer: str) -> str:
    """Return the answer to the opposite question."""
    return {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[answer]


def listed(value: Any) -> list[str]:
    """Return one value or a list of values as a list of strings; IAM compares numbers and booleans as strings."""
    values = value if isinstance(value, list | tuple) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def applies(statement: dict[str, Any], call: dict[str, Any], variables: bool) -> str:
    """Answer whether a statement applies to a call."""
    parts: list[str] = []
    for name in ("Action", "NotAction"):
        if name in statement:
            found = either(*(action_fits(item.lower(), call["action"]) for item in listed(statement[name])))
            parts.append(found if name == "Action" else opposite(found))
    parts.append(resource_part(statement, call, variables))
    if "Principal" in statement:
        parts.append(principal_fits(statement["Principal"], call["principal"]))
    if "NotPrincipal" in statement:
        parts.append(outside(statement["Effect"], statement["NotPrincipal"], call["principal"]))
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            parts.append(condition(operator, key, listed(wanted), call["context"], variables))
    return both(*parts)


def glob(symbols: Symbols, text: str) -> bool:
    """Answer whether a text matches, by trying every way."""
    if not symbols:
        return not text
    (character, kind), rest = symbols[0], symbols[1:]
    stops = kind.endswith("-in-section")
    if kind.startswith("run"):
        is_next = bool(text) and not (stops and text[0] == ":") and glob(symbols, text[1:])
        return glob(rest, text) or is_next
    fits = bool(text) and (text[0] == character if kind == "literal" else not (stops and text[0] == ":"))
    return fits and glob(rest, text[1:])


def free(text: str) -> Symbols:
    """Return the symbols of a text in which wildcards are active."""
    return [(character, {"*": "run", "?": "one"}.get(character, "literal")) for character in text]


def action_fits(pattern: str, action: str) -> str:
    """Answer whether an action pattern covers an action."""
    if set(pattern) == {"*"} or pattern == action:
        return YES
    if "${" in pattern:
        return UNKNOWN
    if ":" not in pattern or set("*?") & set(pattern.split(":", maxsplit=1)[0]):
        return UNKNOWN if glob(free(pattern), action) else NO
    return truth(glob(free(pattern), action))


def filled(text: str, context: dict[str, Any] | None, variables: bool) -> Symbols | None:
    """Return a text's symbols with its variables replaced, or None if a variable cannot be resolved."""
    before, mark, after = text.partition("${") if variables else (text, "", "")
    if not mark:
        return free(text)
    inner, brace, rest = after.partition("}")
    value = inner if inner in {"*", "?", "$"} else variable(inner, context)
    remaining = filled(rest, context, variables)
    if not brace or not value or remaining is None:
        return None
    return free(before) + [(character, "literal") for character in value] + remaining


def variable(inner: str, context: dict[str, Any] | None) -> str | None:
    """Return a variable's value if its key has a single string; a missing key gives the variable's default."""
    match = re.fullmatch(r"([A-Za-z0-9:/]+)(, '([A-Za-z0-9/: -]+)')?", inner)
    if match is None or context is None:
        return None
    found = [value for key, value in context.items() if key.lower() == match[1].lower()]
    if not found:
        return match[3]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else None


def resource_part(statement: dict[str, Any], call: dict[str, Any], variables: bool) -> str:
    """Answer whether Resource or NotResource covers the call's resource."""
    name = "Resource" if "Resource" in statement else "NotResource"
    patterns = listed(statement[name])
    is_allow = statement["Effect"] == "Allow"
    if any(set(pattern) == {"*"} for pattern in patterns):
        return truth(name == "Resource")
    if call["action"] in NO_RESOURCE:
        fits = either(*(NO if ":" in pattern and pattern[:2] != "${" else UNKNOWN for pattern in patterns))
        return fits if name == "Resource" else UNKNOWN if is_allow else opposite(fits)
    if call["resource"] == "*":
        return NO if is_allow else UNKNOWN
    sections = call["resource"].split(":", 5)
    types = TYPES.get(call["action"])
    if len(sections) < 6 or (
        types is not None and (sections[2] != "workspaces" or sections[5].split("/")[0] not in types)
    ):
        return UNKNOWN
    fits = either(*(resource_fits(pattern, call, variables) for pattern in patterns))
    return fits if name == "Resource" else opposite(fits)


def resource_fits(pattern: str, call: dict[str, Any], variables: bool) -> str:
    """Answer whether a resource pattern covers an ARN."""
    plain = re.sub(r"\$\{[^}]*\}", lambda found: "#" * len(found[0]), pattern) if variables else pattern
    ends = [match.start() for match in re.finditer(":", plain)][:5]
    tail = ends[4] + 1 if len(ends) == 5 else len(pattern)
    symbols = filled(pattern[tail:], call["context"], variables)
    if symbols is None or (variables and "${" in pattern[:tail]):
        return UNKNOWN
    head: Symbols = []
    for position, (character, kind) in enumerate(free(pattern[:tail])):
        is_last = not pattern[position:tail].partition(":")[0].strip("*")
        head.append((character, kind if kind == "literal" or (kind == "run" and is_last) else f"{kind}-in-section"))
    service = pattern[:tail].split(":")[2:3]
    if glob(head + symbols, call["resource"]):
        is_regular = pattern.startswith("arn:") and not (service and set("*?") & set(service[0]))
        return YES if is_regular else UNKNOWN
    return UNKNOWN if glob(free(pattern[:tail]) + symbols, call["resource"]) else NO


def account_of(name: str) -> str:
    """Return the account of an ARN, or of an account id."""
    return name.split(":")[4] if name.startswith("arn:") else name if re.fullmatch("[0-9]{12}", name) else ""


def is_account(name: str) -> bool:
    """Return whether a principal's name denotes an account."""
    return name.endswith(":root") or re.fullmatch("[0-9]{12}", name) is not None


def role_of(name: str) -> str:
    """Return the name of a role or of a session's role."""
    parts = name.split("/")
    return parts[-1] if ":role/" in name else parts[1] if ":assumed-role/" in name else ""


def principal_fits(principal: Any, caller: str) -> str:
    """Answer whether a Principal element names the caller."""
    if principal == "*":
        return YES
    return either(*(named(kind, item, caller) for kind, names in principal.items() for item in listed(names)))


def named(kind: str, name: str, caller: str) -> str:
    """Answer whether this principal is the caller."""
    if name == "*" and kind == "AWS":
        return YES
    if set("*?$") & set(name) or caller == "*":
        return UNKNOWN
    if name == caller:
        return YES if (kind == "AWS") == bool(account_of(caller)) else UNKNOWN
    if kind == "AWS":
        return identity_fits(name, caller)
    is_service = not caller.startswith("arn:")
    is_long_term = ":user/" in caller or caller.endswith(":root")
    is_one_service = is_service and name.split(".", maxsplit=1)[0] == caller.split(".", maxsplit=1)[0]
    return {
        "Service": UNKNOWN if is_one_service else NO,
        "Federated": NO if is_service or is_long_term else UNKNOWN,
        "CanonicalUser": NO if is_service else UNKNOWN,
    }[kind]


def identity_fits(name: str, caller: str) -> str:
    """Answer whether a principal with another name may be the caller."""
    if not account_of(name) or ":group/" in name:
        return UNKNOWN
    if account_of(name) != account_of(caller):
        return NO
    if is_account(name):
        return YES
    if ":assumed-role/" in caller and ":role/" in name:
        return truth(role_of(name) == role_of(caller))
    may_be_user = ":federated-user/" in caller and ":user/" in name
    may_be_role = ":role/" in caller and role_of(name) == role_of(caller)
    return UNKNOWN if may_be_user or may_be_role else NO


def named_exactly(excepted: Any, caller: str) -> bool:
    """Answer whether a principal of the caller's own kind is the caller's text."""
    kinds = [] if excepted == "*" else [kind for kind, names in excepted.items() if caller in listed(names)]
    return caller != "*" and any(named(kind, caller, caller) == YES for kind in kinds)


def outside(effect: str, excepted: Any, caller: str) -> str:
    """Answer whether a statement with NotPrincipal covers the caller."""
    names = ["*"] if excepted == "*" else [item for several in excepted.values() for item in listed(several)]
    if effect == "Allow":
        return NO if named_exactly(excepted, caller) else UNKNOWN
    family = [name for name in names if account_of(name) == account_of(caller)]
    has_account = not caller.startswith("arn:") or any(is_account(item) for item in family)
    has_role = ":assumed-role/" not in caller or any(
        ":role/" in item and role_of(item) == role_of(caller) for item in family
    )
    if named_exactly(excepted, caller) and has_account and has_role:
        return NO
    return YES if principal_fits(excepted, caller) == NO else UNKNOWN


def condition(operator: str, key: str, wanted: list[str], context: Any, variables: bool) -> str:
    """Answer whether a single condition matches."""
    match = re.fullmatch(r"(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?", operator)
    negations = {"NotIpAddress": "IpAddress"}
    base = match[2] if match else ""
    positive = negations.get(base, base.replace("Not", "", 1))
    if (
        match is None
        or context is None
        or "${" in key
        or (base == "Null" and operator != "Null")
        or positive not in COMPARISONS
    ):
        return UNKNOWN
    found = [value for name, value in context.items() if name.lower() == key.lower()]
    if len(found) > 1:
        return UNKNOWN
    values = listed(found[0]) if found else []
    if base == "Null":
        return absent(wanted, values)
    answers = [either(*(COMPARISONS[positive](value, item, context, variables) for item in wanted)) for value in values]
    if base != positive:
        answers = [opposite(answer) for answer in answers]
    return combined(match[1] or "", values, answers, optional=bool(match[3]), negated=base != positive)


def absent(wanted: list[str], values: list[str]) -> str:
    """Answer whether Null holds."""
    if values and not any(values):
        return UNKNOWN
    answers = {"true": truth(not values), "false": truth(bool(values))}
    return either(*(answers.get(item.lower(), UNKNOWN) for item in wanted))


def combined(qualifier: str, values: list[str], answers: list[str], *, optional: bool, negated: bool) -> str:
    """Answer for a key from the answers for its values."""
    if qualifier == "":
        if not values:
            return truth(optional or negated)
        return answers[0] if len(answers) == 1 else UNKNOWN
    join = both if qualifier == "ForAllValues:" else either
    if not any(values):
        return UNKNOWN if optional and join is either else truth(join is both)
    with_empty, without = join(*answers), join(*(a for v, a in zip(values, answers, strict=True) if v))
    return with_empty if with_empty == without else UNKNOWN


def text(compare: Any) -> Any:
    """Return the comparison of a text with a policy's symbols."""

    def compared(value: str, wanted: str, context: Any, variables: bool) -> str:
        symbols = filled(wanted, context, variables)
        return UNKNOWN if symbols is None else truth(compare(value, symbols))

    return compared


def spelled(symbols: Symbols) -> str:
    """Return the characters of a pattern."""
    return "".join(character for character, _ in symbols)


def text_like(value: str, wanted: str, context: Any, variables: bool) -> str:
    """Compare with wildcards."""
    return str(text(lambda item, symbols: glob(symbols, item))(value, wanted, context, variables))


def arn_like(value: str, wanted: str, context: Any, variables: bool) -> str:
    """Compare section by section."""
    masked = re.sub(r"\$\{[^}]*\}", lambda found: "#" * len(found[0]), wanted) if variables else wanted
    ends = [-1, *[match.start() for match in re.finditer(":", masked)][:5]]
    stops = [*ends[1:], len(wanted)]
    sections = [filled(wanted[start + 1 : stop], context, variables) for start, stop in zip(ends, stops, strict=True)]
    parts = value.split(":", 5)
    known = [section for section in sections if section is not None]
    if len(parts) != 6 or len(known) != len(sections) or any((":", "literal") in section for section in known[:5]):
        return UNKNOWN
    if len(known) != 6:
        is_open = wanted.endswith(("*", "}")) and text_like(value, wanted, context, variables) == YES
        return UNKNOWN if is_open else NO
    return both(*(truth(glob(section, part)) for section, part in zip(known, parts, strict=True)))


COMPARISONS: dict[str, Any] = {
    "Null": None,
    "StringEquals": text(lambda value, symbols: spelled(symbols) == value),
    "StringEqualsIgnoreCase": text(lambda value, symbols: spelled(symbols).lower() == value.lower()),
    "StringLike": text_like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "NumericEquals": ordered_by(quantity, "="),
    "NumericLessThan": ordered_by(quantity, "<"),
    "NumericLessThanEquals": ordered_by(quantity, "<="),
    "NumericGreaterThan": ordered_by(quantity, ">"),
    "NumericGreaterThanEquals": ordered_by(quantity, ">="),
    "DateEquals": ordered_by(moment, "="),
    "DateLessThan": ordered_by(moment, "<"),
    "DateLessThanEquals": ordered_by(moment, "<="),
    "DateGreaterThan": ordered_by(moment, ">"),
    "DateGreaterThanEquals": ordered_by(moment, ">="),
    "Bool": boolean,
    "BinaryEquals": binary,
    "IpAddress": address,
}
