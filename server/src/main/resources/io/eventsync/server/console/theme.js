// Before the first paint, so that a chosen theme does not flash the other one.
try {
  const theme = localStorage.getItem('eventsync.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme it is.
}
