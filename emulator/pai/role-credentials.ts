import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Keyring } from '../identity/keyring';

/** Lifetime of what an instance gets; the clients ask again before it ends. */
const TOKEN_SECONDS = 3600;
const PATH = '/role-credentials';

/** Credentials of the roles that instances run under, each behind a path that only its instance knows. */
export class RoleCredentials {
  private readonly roles = new Map<string, string>();
  private endpoint = '';

  constructor(private readonly keyring: Keyring) {}

  /** A new unguessable key of an instance, to be kept in its state. */
  static newKey(): string {
    return randomBytes(24).toString('base64url');
  }

  /** Set once the server's port is known, for example `http://127.0.0.1:9202`. */
  serveAt(endpoint: string): void {
    this.endpoint = endpoint;
  }

  /** Lets the key in; gives the address for `ALIBABA_CLOUD_CREDENTIALS_URI`. */
  grant(options: { readonly key: string; readonly role: string }): string {
    this.roles.set(options.key, options.role);
    return `${this.endpoint}${PATH}/${options.key}`;
  }

  revoke(key: string): void {
    this.roles.delete(key);
  }

  /** Answers as the credentials URI of the official credential libraries does; unsigned by design. */
  register(app: FastifyInstance): void {
    app.get<{ Params: { key: string } }>(`${PATH}/:key`, (request, reply) => {
      const role = this.roles.get(request.params.key);
      if (role === undefined) return reply.code(404).send({ Code: 'NotFound' });
      const token = this.keyring.issueToken({ role, seconds: TOKEN_SECONDS });
      return reply.header('cache-control', 'no-store').send({
        Code: 'Success',
        AccessKeyId: token.accessKeyId,
        AccessKeySecret: token.accessKeySecret,
        SecurityToken: token.securityToken,
        Expiration: token.expiration,
        LastUpdated: new Date().toISOString(),
      });
    });
  }
}
