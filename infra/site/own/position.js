// Fills the two fields of a position with where the phone is, if its owner allows that.
"use strict";

for (const button of document.querySelectorAll("button[data-position]")) {
  if (!navigator.geolocation) break;
  const field = (name) => button.form.elements[`${button.dataset.position}.${name}`];
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({coords}) => {
        field("lat").value = coords.latitude.toFixed(6);
        field("lon").value = coords.longitude.toFixed(6);
        status.textContent = "";
      },
      () => { status.textContent = button.dataset.failed; },
      {enableHighAccuracy: true, timeout: 15000, maximumAge: 60000},
    );
  });
}
