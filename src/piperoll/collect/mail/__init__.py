"""Deliveries that come as attachments of messages, from a Maildir or an IMAP server."""
