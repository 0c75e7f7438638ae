"""Bases of what the API takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know, instead of dropping what the sender meant to be kept."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = set(data) - set(self.fields)
            if unknown:
                raise serializers.ValidationError(
                    {name: ["This field is not known here."] for name in sorted(unknown)}
                )
        return super().to_internal_value(data)


class NothingSerializer(StrictSerializer):
    """An action that takes no fields."""
