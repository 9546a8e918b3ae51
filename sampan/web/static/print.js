// Pages read and print without this: it shows a button where a script may run, and unfolds for older browsers.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details.rest")) folded.open = true;
});
