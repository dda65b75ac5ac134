"""One PostgreSQL address, in the spellings that libraries want."""


def sqlalchemy_url(url: str) -> str:
    """For SQLAlchemy with psycopg."""
    return f"postgresql+psycopg://{_rest(url)}"


def libpq_url(url: str) -> str:
    """For psycopg, Procrastinate and PostgreSQL's own tools."""
    return f"postgresql://{_rest(url)}"


def _rest(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if not scheme.startswith(("postgresql", "postgres")) or not rest:
        raise ValueError("a database address starts with postgresql://")
    return rest
