"""What a pydantic model allows where: the keys of a table inside it, for messages about configuration files."""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

Key = Sequence[str | int]


def allowed_keys(model: type[BaseModel], location: Key) -> list[str]:
    """The keys that may stand in the table at `location`; empty when a union leaves it open."""
    candidates: list[Any] = [model]
    for part in location:
        candidates = [step for candidate in candidates for step in _step(candidate, part)]
    models = [found for candidate in candidates for found in _models_in(candidate)]
    if len(models) != 1:
        return []
    return [field.alias or name for name, field in models[0].model_fields.items()]


def _step(annotation: Any, part: str | int) -> Iterator[Any]:
    """What the value under `part` of something annotated so may be."""
    for model in _models_in(annotation):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                yield field.annotation
    if get_origin(annotation) in (list, tuple, dict):
        yield get_args(annotation)[-2 if get_args(annotation)[-1] is Ellipsis else -1]
    elif get_origin(annotation) in (Union, UnionType, Annotated):
        for member in get_args(annotation):
            # A discriminated union puts its tag into the location; the models themselves stay the candidates.
            tagged = [model for model in _models_in(member) if _has_tag(model, part)]
            yield from tagged or _step(member, part)


def _has_tag(model: type[BaseModel], tag: str | int) -> bool:
    """Whether a field of the model can only have the value `tag`."""
    return any(get_args(field.annotation) == (tag,) for field in model.model_fields.values())


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names directly or as members of a union."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Union, UnionType, Annotated):
        for member in get_args(annotation):
            yield from _models_in(member)


def demand_strict(model: type[BaseModel]) -> None:
    """TypeError when `model` or a model inside it lets unknown keys pass."""
    seen: set[type[BaseModel]] = set()
    waiting = [model]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if current.model_config.get("extra") != "forbid":
            raise TypeError(f"{current.__name__} must have extra='forbid': a misspelt key would pass unnoticed")
        waiting.extend(inner for field in current.model_fields.values() for inner in _anywhere_in(field.annotation))


def _anywhere_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models anywhere inside an annotation, however deep in lists and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for member in get_args(annotation):
        yield from _anywhere_in(member)
