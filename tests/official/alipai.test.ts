import { judgedBy } from './judged-by';

judgedBy({ name: 'alipai', script: 'alipai_suite.py', args: ['injected'] });
