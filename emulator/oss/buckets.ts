import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Bucket } from './bucket';
import type { BucketSettings } from './bucket-records';
import { noSuchBucket, OssError } from './oss-error';
import { SerialByKey } from './serial-by-key';

const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const GRAVE = /^\.deleted-[0-9a-f-]{36}$/;
const DEFAULTS: BucketSettings = { acl: 'private', storageClass: 'Standard', redundancy: 'LRS' };

/** All buckets of a folder, opened. */
export class Buckets {
  readonly #folder: string;
  readonly #clock: () => Date;
  readonly #buckets = new Map<string, Bucket>();
  readonly #serial = new SerialByKey();

  private constructor(folder: string, clock: () => Date) {
    this.#folder = folder;
    this.#clock = clock;
  }

  static async open(args: {
    readonly folder: string;
    readonly clock: () => Date;
  }): Promise<Buckets> {
    await mkdir(args.folder, { recursive: true });
    const buckets = new Buckets(args.folder, args.clock);
    for (const name of (await readdir(args.folder)).sort()) {
      if (NAME.test(name)) await buckets.create(name);
      // A kill came in the middle of a bucket's removal.
      else if (GRAVE.test(name)) await rm(path.join(args.folder, name), { recursive: true });
    }
    return buckets;
  }

  /** Makes a bucket; one that is there already gets the access that is asked for, and stays as it is. */
  async create(name: string, wanted: Partial<BucketSettings> = {}): Promise<Bucket> {
    if (!NAME.test(name)) {
      throw new OssError(400, 'InvalidBucketName', 'The specified bucket is not valid.', {
        BucketName: name,
      });
    }
    return this.#serial.run(name, async () => {
      const there = this.#buckets.get(name);
      if (there) {
        const { acl = there.settings.acl } = wanted;
        const settings = { ...there.settings, acl };
        if (acl !== there.settings.acl) await there.change({ at: there.created, settings });
        return there;
      }
      const folder = path.join(this.#folder, name);
      const settings = { ...DEFAULTS, ...wanted };
      const bucket = await Bucket.open({ name, folder, now: this.#clock().getTime(), settings });
      this.#buckets.set(name, bucket);
      return bucket;
    });
  }

  get(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  all(): readonly Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Deletes an empty bucket. */
  async delete(name: string): Promise<void> {
    await this.#serial.run(name, async () => {
      const bucket = this.get(name);
      const [upload] = bucket.uploads();
      if (bucket.keys.length > 0 || upload) {
        throw new OssError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty.', {
          BucketName: name,
        });
      }
      this.#buckets.delete(name);
      await bucket.destroy(path.join(this.#folder, `.deleted-${randomUUID()}`));
    });
  }

  async close(): Promise<void> {
    for (const bucket of this.#buckets.values()) await bucket.close();
  }
}
