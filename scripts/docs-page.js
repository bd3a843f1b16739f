// Runs before the reference page's own script, which creates <style> elements and style attributes while it renders. The page's policy has no
// 'unsafe-inline', so both are done in ways that it allows: style elements get the page's nonce, and style attributes are set through the CSSOM.
{
  const { nonce } = document.currentScript
  const { createElement } = Document.prototype
  Document.prototype.createElement = function (...given) {
    const element = createElement.apply(this, given)
    if (element.localName === 'style') element.nonce = nonce
    return element
  }
  const { setAttribute } = Element.prototype
  Element.prototype.setAttribute = function (name, value) {
    if (name === 'style' && this.style) this.style.cssText = value
    else setAttribute.call(this, name, value)
  }
  // Icons are set as markup.
  const innerHTML = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML')
  Object.defineProperty(Element.prototype, 'innerHTML', {
    ...innerHTML,
    set(markup) {
      innerHTML.set.call(this, String(markup ?? '').replace(/(<[^>]*\s)style=/g, '$1data-style='))
      for (const element of this.querySelectorAll('[data-style]')) element.style.cssText = element.dataset.style
    },
  })
  // Zod, inside the script, otherwise tries whether `eval` is allowed.
  globalThis.__zod_globalConfig = { jitless: true }
}
