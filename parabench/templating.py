"""The Jinja environment of all templates."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, *, html: bool, keep_trailing_newline: bool = False) -> Environment:
    """Return an environment with the templates of a package (its folder `templates`).

    With `html`, what is put into a template is escaped; Markdown's templates have a filter
    for that. A name that a template does not get is an error.
    """
    return Environment(
        loader=PackageLoader(package),
        autoescape=html,  # noqa: S701 - on wherever HTML is made
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=keep_trailing_newline,
    )
