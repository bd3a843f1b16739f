// Before the first paint: the theme that was chosen by hand, if one was. Otherwise the system's stands.
try {
  const theme = localStorage.getItem('muster-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
