import { type ESTree, parseSync } from 'vite'
import { lineFinder, oneLine, type Passage } from './passage.ts'

type Node = ESTree.Node & Record<string, unknown>
type Element = ESTree.JSXElement | ESTree.JSXFragment

/** Strings that only the program reads: module names, keys and types. */
const unread: Record<string, readonly string[]> = {
  ImportDeclaration: ['source'],
  ExportNamedDeclaration: ['source'],
  ExportAllDeclaration: ['source'],
  ImportExpression: ['source'],
  Property: ['key'],
  TSPropertySignature: ['key'],
  TSLiteralType: ['literal'],
  TSImportType: ['source'],
}

/** The test titles and the strings of a TypeScript file. The file is parsed by Vite, because TypeScript 7 has no stable parser API. */
export function textsOfProgram(file: string, source: string): Passage[] {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  const lineAt = lineFinder(source)
  const passages: Passage[] = []
  visit(program as Node, false)
  return passages

  function add(kind: Passage['kind'], start: number, text: string): void {
    if (/\p{L}/u.test(text)) passages.push({ kind, line: lineAt(start), text: oneLine(text) })
  }

  /** `inside` is true for an expression inside a sentence, whose lower-case strings continue that sentence. */
  function visit(node: Node, inside: boolean): void {
    const title = node.type === 'CallExpression' ? titleOf(node) : undefined
    const words = wordsOf(node)
    if (node.type === 'CallExpression' && title) {
      add('title', title.start, wordsOf(title) ?? '')
      visitAll([node.callee, ...node.arguments.slice(1)], inside)
    } else if (node.type === 'TaggedTemplateExpression') {
      if (isMarkup(node)) for (const text of textsOfMarkup(templateText(node.quasi))) addText(node.start, text, inside)
      visitAll(node.quasi.expressions, true)
    } else if ((node.type === 'JSXElement' || node.type === 'JSXFragment') && hasText(node)) {
      addText(node.start, elementText(node), inside)
      visitAll(partsOf(node), true)
    } else if (words !== undefined) {
      addText(node.start, words, inside)
      visitAll(partsBetween(node), true)
    } else {
      for (const [key, value] of Object.entries(node)) if (!unread[node.type]?.includes(key)) visitAll([value].flat(), inside)
    }
  }

  function visitAll(nodes: readonly unknown[], inside: boolean): void {
    for (const node of nodes) if (isNode(node)) visit(node, inside)
  }

  function addText(start: number, text: string, inside: boolean): void {
    add('text', start, inside && /^\s*\p{Ll}/u.test(text) ? `…${text}` : text)
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** The title in `test('…')`, `describe.skipIf(…)('…')` or `test.each(…)('…')`. */
function titleOf({ callee, arguments: [first] }: ESTree.CallExpression): Node | undefined {
  let name = callee as Node
  while (name.type === 'MemberExpression' || name.type === 'CallExpression') name = (name.type === 'MemberExpression' ? name.object : name.callee) as Node
  if (name.type !== 'Identifier' || !['test', 'it', 'describe'].includes(name.name)) return undefined
  return isNode(first) && wordsOf(first) !== undefined ? first : undefined
}

/** Other template tags contain SQL or patterns, which nobody reads as text. */
const isMarkup = ({ tag }: ESTree.TaggedTemplateExpression): boolean => tag.type === 'Identifier' && tag.name === 'html'

/** The text of a string, a template or a concatenation of them; undefined for other nodes. */
function wordsOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  if (node.type === 'TemplateLiteral') return templateText(node)
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const [left, right] = [wordsOf(node.left as Node), wordsOf(node.right as Node)]
    return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`
  }
  return undefined
}

const templateText = ({ quasis }: ESTree.TemplateLiteral): string => quasis.map(({ value }) => value.cooked ?? value.raw).join('…')

/** The expressions whose values are inserted into the text that `wordsOf` returns. */
function partsBetween(node: Node): unknown[] {
  if (node.type === 'TemplateLiteral') return node.expressions
  if (node.type !== 'BinaryExpression') return []
  return [node.left, node.right].flatMap((side) => (wordsOf(side as Node) === undefined ? [side] : partsBetween(side as Node)))
}

const hasText = ({ children }: Element): boolean => children.some((child) => child.type === 'JSXText' && /\p{L}/u.test(child.value))

/** The sentence of an element and the elements inside it. */
function elementText({ children }: Element): string {
  return children
    .map((child) => {
      if (child.type === 'JSXText') return child.value
      if (child.type === 'JSXElement' || child.type === 'JSXFragment') return elementText(child)
      return (child.type === 'JSXExpressionContainer' ? wordsOf(child.expression as Node) : undefined) ?? '…'
    })
    .join('')
}

/** Attributes and expressions of an element and of the elements inside it: everything that `elementText` leaves out. */
function partsOf(element: Element): unknown[] {
  const attributes = element.type === 'JSXElement' ? element.openingElement.attributes : []
  const inside = element.children.flatMap((child) => {
    if (child.type === 'JSXElement' || child.type === 'JSXFragment') return partsOf(child)
    if (child.type !== 'JSXExpressionContainer') return []
    return wordsOf(child.expression as Node) === undefined ? [child.expression] : partsBetween(child.expression as Node)
  })
  return [...attributes, ...inside]
}

/** Attributes that a browser shows or reads aloud. */
const shownAttributes = /\s(?:title|placeholder|alt|aria-label|aria-description|label)="([^"]*)"/g
/** Tags inside a sentence. Every other tag begins a new one. */
const inlineTags = /<\/?(?:a|abbr|b|bdi|bdo|code|em|i|kbd|mark|q|s|samp|small|span|strong|time|u|wbr)(?:\s[^>]*)?>/g

function textsOfMarkup(markup: string): string[] {
  const attributes = [...markup.matchAll(shownAttributes)].map(([, value]) => value as string)
  return [...attributes, ...markup.replace(inlineTags, '').split(/<[^>]*>/)]
}
