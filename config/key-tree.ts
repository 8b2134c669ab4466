import { z } from 'zod';
import type { ConfigProblem } from './config-error';
import { nearest } from './nearest';

/** The keys that a schema knows, nested as they are written; a leaf takes any value of its own. */
export type KeyTree = { readonly [key: string]: KeyTree | 'leaf' };

/** One written value and the dotted key that it belongs to. */
export interface Leaf {
  readonly key: string;
  readonly value: unknown;
}

/** The keys of an object schema, through optional and default wrappers. */
export function keyTree(schema: z.ZodObject): KeyTree {
  const tree: Record<string, KeyTree | 'leaf'> = {};
  for (const [key, child] of Object.entries(schema.shape)) {
    const inner = unwrap(child as z.ZodType);
    tree[key] = inner instanceof z.ZodObject ? keyTree(inner) : 'leaf';
  }
  return tree;
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema;
}

/** Dotted keys of all leaves of a tree. */
export function leafKeys(tree: KeyTree, prefix = ''): readonly string[] {
  return Object.entries(tree).flatMap(([key, child]) =>
    child === 'leaf' ? [prefix + key] : leafKeys(child, `${prefix}${key}.`),
  );
}

/**
 * Takes the written values out of a parsed file and says which keys nobody knows.
 * An empty value means "not set", so that a template can show a key without giving it.
 */
export function readLeaves(input: {
  readonly tree: KeyTree;
  readonly value: unknown;
  readonly source: string;
  /** Dotted path, with a dot at its end, of `value` inside the source. */
  readonly at: string;
}): { readonly leaves: readonly Leaf[]; readonly problems: readonly ConfigProblem[] } {
  const leaves: Leaf[] = [];
  const problems: ConfigProblem[] = [];
  const walk = (tree: KeyTree, value: unknown, path: string): void => {
    if (isEmpty(value)) return;
    if (typeof value !== 'object' || Array.isArray(value)) {
      problems.push(notAGroup({ source: input.source, key: input.at + path, tree }));
      return;
    }
    for (const [key, child] of Object.entries(value as object)) {
      const known = Object.hasOwn(tree, key) ? tree[key] : undefined;
      const dotted = path + key;
      if (known === undefined) {
        problems.push(unknownKey({ ...input, path, key }));
      } else if (known !== 'leaf') {
        walk(known, child, `${dotted}.`);
      } else if (!isEmpty(child)) {
        leaves.push({ key: dotted, value: child });
      }
    }
  };
  walk(input.tree, input.value, '');
  return { leaves, problems };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function notAGroup(input: {
  readonly source: string;
  readonly key: string;
  readonly tree: KeyTree;
}): ConfigProblem {
  return {
    source: input.source,
    key: input.key.replace(/\.$/, ''),
    message: 'expected a group of keys',
    mend: `Write keys below it: ${Object.keys(input.tree).join(', ')}`,
  };
}

function unknownKey(input: {
  readonly tree: KeyTree;
  readonly source: string;
  readonly at: string;
  readonly path: string;
  readonly key: string;
}): ConfigProblem {
  const dotted = input.path + input.key;
  const siblings = Object.keys(subtree(input.tree, input.path));
  const sibling = nearest({ word: input.key, candidates: siblings });
  // A key in the wrong group is as common as a misspelt one.
  const near =
    sibling === undefined
      ? leafKeys(input.tree).find((key) => key.endsWith(`.${input.key}`))
      : input.path + sibling;
  const mend =
    near === undefined
      ? `Known keys here: ${siblings.join(', ')}`
      : `Did you mean ${input.at}${near}?`;
  return { source: input.source, key: input.at + dotted, message: 'unknown key', mend };
}

function subtree(tree: KeyTree, path: string): KeyTree {
  let at: KeyTree = tree;
  for (const part of path.split('.').filter((word) => word !== '')) {
    const child = at[part];
    if (child === undefined || child === 'leaf') return {};
    at = child;
  }
  return at;
}

/** The nested object that a set of leaves describes. */
export function nest(leaves: Iterable<Leaf>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { key, value } of leaves) {
    const parts = key.split('.');
    const last = parts.pop() as string;
    let at = root;
    for (const part of parts) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return root;
}
