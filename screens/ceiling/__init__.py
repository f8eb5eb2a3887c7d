"""The ceiling display: called numbers, large."""
