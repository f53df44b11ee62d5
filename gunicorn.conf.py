"""How the service is run by `make api` and `make demo`: gunicorn reads these names."""

workers = 2
threads = 4
preload_app = True  # one start, one line that says where the key is
graceful_timeout = 20  # seconds in which requests that have begun may end
limit_request_line = 0  # what is too long is refused by the service, as a problem
accesslog = "-"
# Without the question: a key that somebody puts there by mistake stays out of the log.
access_log_format = '%(t)s %(h)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'
control_socket_disable = True  # a second service of the same user would stumble over the first's


def on_starting(server):
    """Say what it means where the service listens to more than this machine."""
    addresses = [address[0] for address in server.cfg.address if isinstance(address, tuple)]
    if any(address not in {"127.0.0.1", "::1", "localhost"} for address in addresses):
        server.log.warning(
            "Listening beyond this machine: whoever reaches %s can read all products, and keys "
            "travel unencrypted unless a proxy with TLS stands before it. List the names that it "
            "is reached by in ALISCRAPE_TRUSTED_HOSTS.",
            ", ".join(addresses),
        )
