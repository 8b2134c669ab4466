import { generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { promisify } from 'node:util';
import forge from 'node-forge';

const KEY_BITS = 2048;
const DAY_MS = 24 * 3_600_000;
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 397;
/** Clocks of a client and of this machine may differ. */
const EARLIER_MS = DAY_MS;
const COMMON_NAME = 'pai-loop local cloud';

interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/**
 * The local cloud's own certificate authority. It signs for this machine only: its key never leaves the
 * folder (mode 0600), and nobody trusts it who hasn't been given its certificate.
 */
export class Authority {
  private readonly contexts = new Map<string, SecureContext>();
  private hostKey: Promise<string> | undefined;

  private constructor(
    /** The file that clients are given as `ca`, PEM. */
    readonly certificateFile: string,
    private readonly own: KeyAndCertificate,
  ) {}

  /** Opens the folder's authority, or makes it on the first start. */
  static async open(folder: string): Promise<Authority> {
    const keyFile = path.join(folder, 'authority-key.pem');
    const certificateFile = path.join(folder, 'authority.pem');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const known = await readBoth({ keyFile, certificateFile });
    if (known) return new Authority(certificateFile, known);
    const key = await newKey();
    const certificate = selfSigned(key);
    // The key first: a certificate without its key is made anew, together with the key.
    await writeWhole({ file: keyFile, content: key, mode: 0o600 });
    await writeWhole({ file: certificateFile, content: certificate, mode: 0o644 });
    return new Authority(certificateFile, { key, certificate });
  }

  /** What a TLS server needs to be `host`; made once a host. */
  async contextFor(host: string): Promise<SecureContext> {
    const known = this.contexts.get(host);
    if (known) return known;
    this.hostKey ??= newKey();
    const key = await this.hostKey;
    const certificate = signedFor({ host, key, by: this.own });
    const cert = `${certificate}${this.own.certificate}`;
    const context = createSecureContext({ key, cert });
    this.contexts.set(host, context);
    return context;
  }
}

async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return privateKey;
}

function selfSigned(key: string): string {
  const certificate = blank({ key, days: AUTHORITY_DAYS });
  const name = [{ name: 'commonName', value: COMMON_NAME }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function signedFor(options: {
  readonly host: string;
  readonly key: string;
  readonly by: KeyAndCertificate;
}): string {
  const { host, key, by } = options;
  const issuer = forge.pki.certificateFromPem(by.certificate);
  const certificate = blank({ key, days: CERTIFICATE_DAYS });
  certificate.setSubject([{ name: 'commonName', value: host.slice(0, 64) }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(by.key), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function blank(options: { readonly key: string; readonly days: number }): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  const { n, e } = forge.pki.privateKeyFromPem(options.key);
  certificate.publicKey = forge.pki.setRsaPublicKey(n, e);
  // Positive, as X.509 wants it: the first bit stays clear.
  certificate.serialNumber = `00${randomBytes(15).toString('hex')}`;
  const start = Date.now() - EARLIER_MS;
  certificate.validity.notBefore = new Date(start);
  certificate.validity.notAfter = new Date(start + options.days * DAY_MS);
  return certificate;
}

async function readBoth(files: {
  readonly keyFile: string;
  readonly certificateFile: string;
}): Promise<KeyAndCertificate | undefined> {
  try {
    const [key, certificate] = await Promise.all([
      readFile(files.keyFile, 'utf8'),
      readFile(files.certificateFile, 'utf8'),
    ]);
    return { key, certificate };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeWhole(options: {
  readonly file: string;
  readonly content: string;
  readonly mode: number;
}): Promise<void> {
  const unfinished = `${options.file}.tmp`;
  const handle = await open(unfinished, 'w', options.mode);
  try {
    await handle.writeFile(options.content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, options.file);
}
