"""Inventory of a fleet: site readers, joins and file export."""
