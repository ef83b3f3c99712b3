"""Journal of a plan: records, storage and the ledger of item states."""
