"""The screens: Dash pages drawn once by Python, kept alive in the browser by the modules in `assets/`. Never in the hot path."""
