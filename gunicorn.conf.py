"""How the service is run by `make api` and `make demo`: gunicorn reads these names."""

workers = 2
threads = 4
preload_app = True  # one start, one line that says where the key is
loglevel = "warning"
control_socket_disable = True  # a second service of the same user would stumble over the first's
