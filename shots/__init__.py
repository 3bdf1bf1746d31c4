"""`make screenshots`: opens every page of a demo in Chromium, says what is wrong with its looks, keeps pictures in docs/images."""
