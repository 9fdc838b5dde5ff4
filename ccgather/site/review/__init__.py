"""The review area of the admin: composed here because it needs holds, people, ranks and charts."""
