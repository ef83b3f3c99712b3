"""Matplotlib plots of a fleet, for notebooks. Needs the extra wsclient[notebook] (matplotlib).

    workspaces = await ws.describe_workspaces().collect()
    connections = await ws.describe_workspaces_connection_status().collect()
    plots.states_by_directory(workspaces)
    plots.running_mode_by_last_connection(workspaces, connections)

Both functions also accept inventory rows, which include their connections and directories. The colours are
distinguishable with colour blindness, and every count is printed. Each function draws into the given axes, or into a
new pyplot figure, which a notebook displays, and returns the axes.
"""

from wsclient._core.public_names import publish
from wsclient.plots._plots import InventoryRow, running_mode_by_last_connection, states_by_directory

__all__ = [
    "InventoryRow",
    "running_mode_by_last_connection",
    "states_by_directory",
]

publish(__name__, __all__)
