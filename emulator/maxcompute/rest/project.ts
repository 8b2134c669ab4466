import { escapeXml } from '../../../alibaba/maxcompute/wire/xml';
import { type ApiAnswer, type ApiRequest, json, type Service, text, xml } from '../service';

/** GET /projects/{p}: facts, and headers that the official client insists on. */
export function getProject({ project, region, warehouse }: Service, extended: boolean): ApiAnswer {
  const owner = warehouse.owner;
  const created = new Date(0).toUTCString();
  const properties = Object.entries(PROPERTIES).map(
    ([name, value]) => `<Property><Name>${name}</Name><Value>${value}</Value></Property>`,
  );
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<Project>',
    `<Name>${escapeXml(project)}</Name><Type>managed</Type><State>AVAILABLE</State>`,
    `<Owner>${escapeXml(owner)}</Owner><Comment></Comment>`,
    `<Properties>${properties.join('')}</Properties>`,
    extended ? '<ExtendedProperties></ExtendedProperties>' : '',
    `<Region>${escapeXml(region)}</Region><TenantId>local</TenantId></Project>`,
  ].join('');
  const headers = {
    'x-odps-owner': owner,
    'x-odps-creation-time': created,
    'last-modified': created,
  };
  return xml(body, { headers });
}

/** GET /projects: the one project, unless the request looks for others. */
export function listProjects(
  { project, warehouse }: Service,
  query: ApiRequest['query'],
): ApiAnswer {
  const { owner } = warehouse;
  const wanted = project.startsWith(query.get('name') ?? '');
  const isOwners = (query.get('owner') ?? owner) === owner;
  const fields = `<Name>${escapeXml(project)}</Name><Type>managed</Type><State>AVAILABLE</State><Owner>${escapeXml(owner)}</Owner>`;
  const listed = wanted && isOwners ? `<Project>${fields}</Project>` : '';
  return xml(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Projects><Marker></Marker><MaxItems>1000</MaxItems>${listed}</Projects>`,
  );
}

const PROPERTIES = {
  'odps.schema.model.enabled': 'false',
  'odps.sql.type.system.odps2': 'true',
  'odps.sql.decimal.odps2': 'true',
  'odps.sql.timezone': 'Asia/Shanghai',
} as const;

/** GET /tenants: the official client asks for its parameters before the first table. */
export function getTenant(): ApiAnswer {
  return json({
    Tenant: {
      Name: 'local',
      OwnerId: '0',
      TenantId: 'local',
      TenantState: 'NORMAL',
      Parameters: {},
    },
  });
}

/** GET /logview/host. */
export function getLogviewHost(service: Service): ApiAnswer {
  return text(`http://${service.address()}`);
}

/** GET /projects/{p}/tunnel?service: `host:port` without a scheme. */
export function getTunnelAddress(service: Service): ApiAnswer {
  return text(service.address());
}
