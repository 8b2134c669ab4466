/** An XML element: text, nothing, or elements in their order; a list repeats its name. */
export type XmlValue = string | number | boolean | undefined | XmlNode | readonly XmlNode[];

/** The children of an element. */
export interface XmlNode {
  readonly [name: string]: XmlValue;
}

/** Writes a document with one root element. */
export function xmlDocument(root: string, children: XmlNode | string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, children)}\n`;
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one: XmlNode) => element(name, one)).join('');
  if (typeof value === 'object') {
    const inner = Object.entries(value).map(([child, content]) => element(child, content));
    return `<${name}>${inner.join('')}</${name}>`;
  }
  return `<${name}>${escapeText(String(value))}</${name}>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Time as OSS writes it in documents, always with `.000`. */
export function xmlTime(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}
