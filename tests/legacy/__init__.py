"""Programs of 2014-2018, on today's Python."""
