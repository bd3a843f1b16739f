// Applies the theme that the user chose, before the first paint. Without one, the system theme applies.
try {
  const theme = localStorage.getItem('muster-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
