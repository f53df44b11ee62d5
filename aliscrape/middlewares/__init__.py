"""Downloader middlewares: how requests are sent, and which responses are accepted."""
