"""How Yiping is installed and run. Nothing of the application imports this package."""
