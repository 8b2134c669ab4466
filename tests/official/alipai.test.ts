import { judgedBy } from './judged-by';

judgedBy({ name: 'alipai', script: 'alipai_suite.py', args: ['injected'] });
judgedBy({ name: 'alipai-proxy', script: 'alipai_suite.py', args: ['proxy'] });
