"""A typed async Python SDK for the Amazon WorkSpaces API."""
