"""Write the table of rules into docs/upgrade.md, below what stands there by hand."""

from whorl.legacy.upgrade.rules import as_markdown

from .test_rules import PAGE

if __name__ == "__main__":
    head, _, _ = PAGE.read_text().partition("## What is rewritten\n")
    PAGE.write_text(head + as_markdown())
