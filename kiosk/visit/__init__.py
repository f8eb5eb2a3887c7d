"""The flow of one citizen's visit: ``flow.step(state, event)`` gives the next state and its effects. Pure."""
