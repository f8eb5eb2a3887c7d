"""The search in the instruction clips in pixels: laid out as the search for a procedure."""

from __future__ import annotations

from screens.citizen.find_clips.presenter import FindClipsView
from screens.citizen.find_procedure.view import FindProcedurePage


class FindClipsPage(FindProcedurePage):
    """Entry, the clips found, keyboard."""

    view_model = FindClipsView
