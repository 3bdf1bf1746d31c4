"""From wires to nouns: feeds bring frames, `decode` says what they mean, `admit` what may be stored. Nothing here stores."""
