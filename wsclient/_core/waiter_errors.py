"""WaiterError and WaiterTimeoutError; wsclient/_core/waited_items.py has the items that they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic

from wsclient._core.errors import WsclientError
from wsclient._core.waited_items import WaitedItem

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from wsclient._core.model.structures import Structure

    ItemT = TypeVar("ItemT", bound="Structure", default="Structure")
else:
    from typing import TypeVar

    ItemT = TypeVar("ItemT")


class WaiterError(WsclientError, Generic[ItemT]):
    """A wait failed: at least one resource did not reach the state.

    For type checkers the error is generic: WaiterError[types.Workspace] says what reached holds.

    reached has the final structures of the resources that did, in the order of the references; failed has the resources
    in a final failure state; waiting has the resources that were still in progress when the wait ended.
    """

    def __init__(
        self,
        message: str,
        *,
        reached: Sequence[ItemT] = (),
        failed: Sequence[WaitedItem] = (),
        waiting: Sequence[WaitedItem] = (),
    ) -> None:
        super().__init__(message)
        self.reached = tuple(reached)
        self.failed = tuple(failed)
        self.waiting = tuple(waiting)


class WaiterTimeoutError(WaiterError[ItemT], TimeoutError):
    """A wait reached its deadline; failed has the resources that had failed by then."""
