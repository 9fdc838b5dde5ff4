"""What makes a day look false: pure functions over facts, one code each (`docs/trust.md`)."""
