"""How ``make lab`` configures Jupyter Lab."""

from plain_notebooks import before_saving

c = get_config()  # type: ignore[name-defined] # noqa: F821 # Jupyter defines it
c.FileContentsManager.pre_save_hook = before_saving
