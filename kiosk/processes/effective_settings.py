"""The settings devices work with: what maintenance staff changed, kept by the centre, over the shipped."""

from __future__ import annotations

import logging

from pydantic import ValidationError

from kiosk.client import CentreClient, CentreError
from kiosk.settings import DeviceSettings

_LOG = logging.getLogger(__name__)


def effective_settings(client: CentreClient, shipped: DeviceSettings) -> DeviceSettings:
    """What the centre keeps for each device of this machine, by whose token ``client`` calls; ``shipped`` for
    the others, and where the centre does not answer or makes no sense of it.
    """
    try:
        who = client.who()
        own = (state for state in client.devices() if (state.owner, state.machine) == (who.role, who.name))
        kept = {state.name: dict(state.settings) for state in own}
        return DeviceSettings.model_validate({**shipped.model_dump(), **kept})
    except CentreError as error:
        # Tried again with every attempt to reach the centre, whose silence is told elsewhere.
        _LOG.debug(
            "the centre did not tell the devices' settings (%s): the shipped ones are used", error.code
        )
    except ValidationError:
        _LOG.error(
            "the centre keeps device settings that this version does not take: the shipped ones are used"
        )
    return shipped
