"""Cases: the event-sourced store that every application type shares."""
