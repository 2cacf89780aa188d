"""Bytes into a table of texts: encodings, dialects, workbooks, web pages, headers, footers."""
