// The counter: the next name or code is typed over the last one at once.
"use strict";

const field = document.querySelector("form.look input[name='q']");
field.focus({preventScroll: true});
field.select();
