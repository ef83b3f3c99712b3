"""Tables of structures: columns, HTML, data frames, CSV and JSON lines."""
