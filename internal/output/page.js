
"use strict";
const state = document.getElementById("state");
const events = new EventSource("events");
events.addEventListener("changed", () => location.reload());
events.addEventListener("error", () => { state.textContent = "sem has ended: the page no longer follows the files."; });
events.addEventListener("open", () => { state.textContent = "The page follows changes of the files."; });
