// Sets the colour scheme and the language before the first picture, so that nothing flashes. Knows two keys of localStorage.
(function () {
  var root = document.documentElement;
  var dark = matchMedia('(prefers-color-scheme: dark)').matches;
  try {
    var chosen = localStorage.getItem('operandi.scheme');
    if (chosen === 'dark' || chosen === 'light') dark = chosen === 'dark';
    var language = localStorage.getItem('operandi.language') || (localStorage.getItem('operandi.locale') || 'es').split('-')[0];
    root.lang = language;
  } catch (_) {
    // A browser that keeps nothing shows the defaults.
  }
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
