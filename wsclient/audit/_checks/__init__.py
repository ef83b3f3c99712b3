"""Checks of an audit: one pure function each, a module for each section of AWS's page."""
