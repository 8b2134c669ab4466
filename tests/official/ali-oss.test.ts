import path from 'node:path';
import { judgedBy } from './judged-by';

judgedBy({
  name: 'ali-oss',
  command: process.execPath,
  args: [path.join(__dirname, 'node', 'ali-oss-suite.cjs')],
  leftOut: () => undefined,
});
