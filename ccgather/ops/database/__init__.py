"""Django's PostgreSQL backend on the embedded server (see `ccgather.ops.postgres`)."""
