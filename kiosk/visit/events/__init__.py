"""What can happen to a visit: taps, card, scanner, answers of devices and centre, time. Value types only.

An :class:`Intent` is made by a touch. It names the screen for which its button was drawn (``at``); a tap that
was meant for a screen that is gone, such as the second half of a double tap, is dropped by ``step``.
An :class:`Answer` is made by a worker. It names the visit that asked; one that comes after the citizen left
is dropped.

One module a subject, each with its touches and the answers to them, as the modules of ``kiosk.visit`` handle
them; ``kinds`` has the two bases. Everybody else imports them from here.
"""

from __future__ import annotations

from kiosk.visit.events.card import (
    CardFailed,
    CardInserted,
    CardProgress,
    CardRead,
    CardRefused,
    CardRemoved,
    ReadingStep,
)
from kiosk.visit.events.clips import (
    ClipCaptionsTapped,
    ClipChosen,
    ClipEnded,
    ClipPauseTapped,
    ClipSpeedTapped,
    ClipStepTapped,
    ClipStopped,
    ClipTakeTapped,
    ClipTopicTapped,
    FindClipsTapped,
    WatchClips,
)
from kiosk.visit.events.dossier import DossierTapped, DossierTold
from kiosk.visit.events.finding import FindTapped, Found, FoundProcedure, ProcedureChosen
from kiosk.visit.events.form import (
    ChangeTapped,
    ChoiceTapped,
    Confirmed,
    FormChosen,
    FormFailed,
    FormSent,
    FormsTapped,
    MoreChoices,
    OfferAccepted,
    OfferRefused,
)
from kiosk.visit.events.keys import BackspaceTapped, ClearTapped, DigitTapped, KeyTapped, SuggestionTapped
from kiosk.visit.events.kinds import Answer, Intent
from kiosk.visit.events.lobby import DeviceChanged, LobbyNotices, MachineSuspended, NoticesChanged, Tick
from kiosk.visit.events.moves import (
    Back,
    Cancel,
    Continue,
    Finish,
    PageTapped,
    Retry,
    ScreenTouched,
    Skip,
    StayTapped,
)
from kiosk.visit.events.number import (
    AddMatterTapped,
    AnotherService,
    GiveBackFailed,
    GiveBackTapped,
    IssuedTicket,
    MatterAdded,
    MatterRefused,
    PriorityChosen,
    PriorityClass,
    PriorityTapped,
    ServiceChoice,
    ServicesFailed,
    ServicesLoaded,
    ServiceTapped,
    StartWithoutCard,
    TicketGivenBack,
    TicketIssued,
    TicketRefused,
)
from kiosk.visit.events.panels import (
    ComfortTapped,
    ContrastChosen,
    HandChosen,
    HelpAnswered,
    HelpCalled,
    HelpFailed,
    HelpTapped,
    LanguageChosen,
    LanguagesTapped,
    PanelClosed,
    ReachChosen,
    TextSizeChosen,
    VoiceChosen,
    VolumeChosen,
)
from kiosk.visit.events.printing import (
    PrintResult,
    PrintSheetTapped,
    SheetPrinted,
    SlipPrinted,
    SlipPrintedLater,
)
from kiosk.visit.events.rating import (
    Aspect,
    AspectChosen,
    FaceChosen,
    RateTapped,
    RatingFailed,
    RatingSent,
    WriteTapped,
)
from kiosk.visit.events.scanner import CodeScanned, DossierScanned, ForeignCodeScanned

TouchEvent = Intent
Event = (
    Intent
    | CardInserted
    | CardRemoved
    | CardRefused
    | CodeScanned
    | DossierScanned
    | ForeignCodeScanned
    | Answer
    | DeviceChanged
    | NoticesChanged
    | MachineSuspended
    | SlipPrintedLater
    | Tick
)

__all__ = [
    "AddMatterTapped",
    "AnotherService",
    "Answer",
    "Aspect",
    "AspectChosen",
    "Back",
    "BackspaceTapped",
    "Cancel",
    "CardFailed",
    "CardInserted",
    "CardProgress",
    "CardRead",
    "CardRefused",
    "CardRemoved",
    "ChangeTapped",
    "ChoiceTapped",
    "ClearTapped",
    "ClipCaptionsTapped",
    "ClipChosen",
    "ClipEnded",
    "ClipPauseTapped",
    "ClipSpeedTapped",
    "ClipStepTapped",
    "ClipStopped",
    "ClipTakeTapped",
    "ClipTopicTapped",
    "CodeScanned",
    "ComfortTapped",
    "Confirmed",
    "Continue",
    "ContrastChosen",
    "DeviceChanged",
    "DigitTapped",
    "DossierScanned",
    "DossierTapped",
    "DossierTold",
    "Event",
    "FaceChosen",
    "FindClipsTapped",
    "FindTapped",
    "Finish",
    "ForeignCodeScanned",
    "FormChosen",
    "FormFailed",
    "FormSent",
    "FormsTapped",
    "Found",
    "FoundProcedure",
    "GiveBackFailed",
    "GiveBackTapped",
    "HandChosen",
    "HelpAnswered",
    "HelpCalled",
    "HelpFailed",
    "HelpTapped",
    "Intent",
    "IssuedTicket",
    "KeyTapped",
    "LanguageChosen",
    "LanguagesTapped",
    "LobbyNotices",
    "MachineSuspended",
    "MatterAdded",
    "MatterRefused",
    "MoreChoices",
    "NoticesChanged",
    "OfferAccepted",
    "OfferRefused",
    "PageTapped",
    "PanelClosed",
    "PrintResult",
    "PrintSheetTapped",
    "PriorityChosen",
    "PriorityClass",
    "PriorityTapped",
    "ProcedureChosen",
    "RateTapped",
    "RatingFailed",
    "RatingSent",
    "ReachChosen",
    "ReadingStep",
    "Retry",
    "ScreenTouched",
    "ServiceChoice",
    "ServiceTapped",
    "ServicesFailed",
    "ServicesLoaded",
    "SheetPrinted",
    "Skip",
    "SlipPrinted",
    "SlipPrintedLater",
    "StartWithoutCard",
    "StayTapped",
    "SuggestionTapped",
    "TextSizeChosen",
    "Tick",
    "TicketGivenBack",
    "TicketIssued",
    "TicketRefused",
    "TouchEvent",
    "VoiceChosen",
    "VolumeChosen",
    "WatchClips",
    "WriteTapped",
]
