"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import COOKIE, principal
from kiosk.centre.accounts import SESSION_HOURS
from kiosk.centre.routes.answers import SessionAnswer, WhoAnswer
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, centre_of, no_content

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["session"])


class SignInBody(Body):
    """Login and password of a person."""

    login: Annotated[str, Field(min_length=1, max_length=60)]
    password: Annotated[str, Field(min_length=1, max_length=200, repr=False)]


@router.post("/session", responses={200: {"model": SessionAnswer}})
async def sign_in(request: Request, body: SignInBody) -> Response:
    """Begin a session: a bearer token in the answer, and the same as a cookie for browsers."""
    session = await centre_of(request).accounts.sign_in(body.login, body.password)
    answer = Answer(
        {
            "token": session.token,
            "officer": {"login": session.login, "name": session.name, "role": session.role},
            "expires_at": session.expires_at,
        }
    )
    answer.set_cookie(
        COOKIE,
        session.token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.get("/session", responses={200: {"model": WhoAnswer}})
async def who(request: Request) -> Response:
    """Who the centre takes the caller for."""
    me = principal(request)
    officer = None if me.login is None else {"login": me.login, "name": me.name, "role": me.role}
    return Answer(
        {
            "role": me.role,
            "name": me.name,
            "login": me.login,
            "officer": officer,
            "expires_at": me.expires_at,
        }
    )


@router.delete("/session", status_code=204)
async def sign_out(request: Request) -> Response:
    """End the session."""
    me = principal(request)
    if me.login is not None:
        await centre_of(request).accounts.sign_out(me)
    answer = no_content()
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer
