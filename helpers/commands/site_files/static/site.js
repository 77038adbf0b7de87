// Excerpts of the pages that a search found are fetched from the server; a page opened from a file has none.
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== "file:";
