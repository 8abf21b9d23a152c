"""The rule catalogue: one file for each rule, found by discovery."""
