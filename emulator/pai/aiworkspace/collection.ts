import { randomBytes } from 'node:crypto';
import { ApiError } from '../api-error';
import { ResourceFiles } from '../resource-files';

/** Resources of one kind: in memory, and one file each on disk before a change is answered. */
export class Collection<T extends object> {
  readonly #files: ResourceFiles<T>;
  readonly #items: Map<string, T>;
  readonly #kind: string;
  readonly #idOf: (item: T) => string;

  constructor(options: {
    readonly folder: string;
    /** As the API's error codes name it, for example `Dataset`. */
    readonly kind: string;
    readonly idOf: (item: T) => string;
  }) {
    this.#kind = options.kind;
    this.#idOf = options.idOf;
    this.#files = new ResourceFiles(options.folder);
    this.#items = new Map(this.#files.load().map((item) => [options.idOf(item), item]));
  }

  all(): readonly T[] {
    return [...this.#items.values()];
  }

  find(id: string): T | undefined {
    return this.#items.get(id);
  }

  /** Throws the kind's 404 when there is none. */
  get(id: string): T {
    const item = this.#items.get(id);
    if (!item) throw notFound(this.#kind, id);
    return item;
  }

  /** A new resource, or the new version of one. */
  async keep(item: T): Promise<T> {
    // In memory first: of two changes at once the later one builds on the earlier one.
    this.#items.set(this.#idOf(item), item);
    await this.#files.save(this.#idOf(item), item);
    return item;
  }

  async remove(id: string): Promise<void> {
    this.get(id);
    this.#items.delete(id);
    await this.#files.remove(id);
  }
}

/** 404 with the kind in its code: `DatasetNotFound`. */
export function notFound(kind: string, id: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: `${kind}NotFound`,
    message: `The ${kind.toLowerCase()} ${id} does not exist.`,
  });
}

/** 400 for a name that another resource has. */
export function nameTaken(kind: string, name: string): ApiError {
  return new ApiError({
    statusCode: 400,
    code: `${kind}NameAlreadyExists`,
    message: `The ${kind.toLowerCase()} name ${name} already exists.`,
  });
}

/** An id as AIWorkspace gives them: a prefix and eighteen letters and digits. */
export function newId(prefix: string): string {
  return `${prefix}-${randomBytes(9).toString('hex')}`;
}

/** The fields of a change that were given. */
export function given<T extends object>(changes: T): Partial<T> {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
