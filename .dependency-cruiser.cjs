/** The arrows between the rooms: who may import whom. Data goes one way. */
const may = {
  config: [],
  policy: ['config'],
  model: [],
  alibaba: [],
  sql: [],
  data: [],
  training: ['model', 'alibaba'],
  serving: ['model'],
  activities: ['alibaba', 'model', 'policy', 'config', 'sql', 'temporal', 'workflows/messages'],
  workflows: [
    'policy',
    'activities',
    'config',
    'temporal/workflow-ids',
    'temporal/search-attributes',
  ],
  temporal: ['config'],
  workers: ['workflows', 'activities', 'temporal', 'config', 'alibaba'],
  gateway: ['temporal', 'alibaba', 'config', 'policy', 'workflows/messages'],
};
const rooms = [...Object.keys(may), 'emulator', 'cli', 'bench', 'tests'];
const others = (room) => rooms.filter((name) => name !== room);

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(may).map(([room, allowed]) => ({
      name: `${room}-arrows`,
      severity: 'error',
      comment: `${room}/ may import ${allowed.join(', ') || 'nothing of ours'}`,
      from: { path: `^${room}/`, pathNot: '\\.test\\.ts$' },
      to: {
        path: `^(${others(room).join('|')})/`,
        pathNot: allowed.map((name) => `^${name}(/|\\.ts)`),
      },
    })),
    {
      name: 'emulator-only-wire-codecs',
      severity: 'error',
      comment: 'emulator/ may use the pure wire codecs of alibaba/ and nothing else of ours',
      from: { path: '^emulator/', pathNot: '\\.test\\.ts$' },
      to: { path: `^(${others('emulator').join('|')})/`, pathNot: '^alibaba/.*wire/' },
    },
    {
      name: 'workflows-take-only-types',
      severity: 'error',
      comment: 'activities and configuration reach workflows as types alone',
      from: { path: '^workflows/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(activities|config)/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
