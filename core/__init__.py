"""The nouns of a city operations centre. Imports nothing of ours."""
