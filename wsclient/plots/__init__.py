"""Two plots of a fleet, where a look beats reading. Extra wsclient[notebook] (matplotlib).

    workspaces = await ws.describe_workspaces().collect()
    connections = await ws.describe_workspaces_connection_status().collect()
    plots.states_by_directory(workspaces)
    plots.running_mode_by_last_connection(workspaces, connections)

Rows of an inventory do as well, and bring their connections and directories with them. The colours are told apart by
colour-blind eyes, and every count is written. Each function draws into the axes it is given, or into a new figure of
pyplot's, which a notebook shows, and returns the axes.
"""

from wsclient.plots._plots import InventoryRow, running_mode_by_last_connection, states_by_directory

__all__ = [
    "InventoryRow",
    "running_mode_by_last_connection",
    "states_by_directory",
]
