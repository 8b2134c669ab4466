import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { WireError } from './wire-error';

/** An element: its attributes, its text (CDATA included) and its children in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

type RawNode = { readonly ':@'?: Record<string, unknown>; readonly [name: string]: unknown };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: true,
  htmlEntities: true, // numeric references
});

function elementOf(node: RawNode): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ':@');
  if (name === undefined || name === '#text') return undefined;
  const inner = node[name] as readonly RawNode[];
  const attributes = Object.entries(node[':@'] ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    name,
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    text: inner.map((child) => ('#text' in child ? String(child['#text']) : '')).join(''),
    children: inner.map(elementOf).filter((child) => child !== undefined),
  };
}

/** Parses a document and gives its root. Throws WireError `malformed`. */
export function parseXml(text: string): XmlElement {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new WireError('malformed', `The body is no XML: ${valid.err.msg}`);
  const roots = (parser.parse(text) as readonly RawNode[]).map(elementOf);
  const root = roots.find((element) => element !== undefined);
  if (!root) throw new WireError('malformed', 'The body is an empty document');
  return root;
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

/** All children of that name. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((candidate) => candidate.name === name);
}

/** The text of the first child of that name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text;
}

/** Text with the five special characters escaped, for content and attributes. */
export function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
    '\r': '&#13;',
  };
  return text.replaceAll(/[&<>"'\r]/g, (character) => entities[character]);
}

/** A CDATA section; an end mark inside of the text is split over two sections. */
export function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
